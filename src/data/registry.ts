import { UsageError } from '../errors.ts'
import { glyphClasses } from './glyphs.ts'

/** A file of a data set as its publisher distributes it. */
export interface DataFile {
  readonly name: string
  readonly bytes: number
  /** SHA-256, hex. */
  readonly sha256: string
  /** Where it can be downloaded, best address first. */
  readonly urls: readonly string[]
}

interface Entry {
  readonly name: string
  readonly kind: 'images'
  readonly classes: readonly string[]
  readonly licence: string
}

/** A set that is generated; it needs no files. */
export interface GeneratedEntry extends Entry {
  readonly format: 'generated'
  readonly files: readonly []
  /** Number of examples when a request names none. */
  readonly train: number
  readonly test: number
}

/** A set of images in four gzipped IDX files. */
export interface IdxEntry extends Entry {
  readonly format: 'idx'
  /** In this order: training images and labels, test images and labels. */
  readonly files: readonly [DataFile, DataFile, DataFile, DataFile]
  readonly shape: readonly [height: number, width: number, channels: 1]
  readonly train: number
  readonly test: number
}

/** What is known about a data set without reading it; told apart by `format`. */
export type DatasetEntry = GeneratedEntry | IdxEntry

/** The data sets Gauntlet knows by name. */
export const registry: readonly DatasetEntry[] = [
  {
    name: 'glyphs',
    kind: 'images',
    format: 'generated',
    classes: glyphClasses,
    licence: 'MIT',
    files: [],
    train: 4000,
    test: 1000,
  },
  {
    name: 'mnist',
    kind: 'images',
    format: 'idx',
    classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    licence: 'CC BY-SA 3.0 (as usually given)',
    shape: [28, 28, 1],
    train: 60000,
    test: 10000,
    files: idxFiles(
      ['https://ossci-datasets.s3.amazonaws.com/mnist/', 'http://yann.lecun.com/exdb/mnist/'],
      [
        [9912422, '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609'],
        [28881, '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c'],
        [1648877, '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6'],
        [4542, 'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6'],
      ],
    ),
  },
  {
    name: 'fashion-mnist',
    kind: 'images',
    format: 'idx',
    classes: [
      'T-shirt/top',
      'Trouser',
      'Pullover',
      'Dress',
      'Coat',
      'Sandal',
      'Shirt',
      'Sneaker',
      'Bag',
      'Ankle boot',
    ],
    licence: 'MIT (Zalando SE)',
    shape: [28, 28, 1],
    train: 60000,
    test: 10000,
    files: idxFiles(
      [
        'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
        'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/',
      ],
      [
        [26421880, '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84'],
        [29515, 'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845'],
        [4422102, '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073'],
        [5148, '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5'],
      ],
    ),
  },
]

/**
 * The entry of this name.
 *
 * @throws UsageError listing the known names
 */
export function entryNamed(name: string, entries: readonly DatasetEntry[] = registry) {
  const entry = entries.find(candidate => candidate.name === name)
  if (entry) return entry
  const known = entries.map(candidate => candidate.name).join(', ')
  throw new UsageError(`unknown data set: ${name} (known: ${known})`)
}

type Checksum = readonly [bytes: number, sha256: string]

/** The four files every set in the MNIST format has, under their usual names. */
function idxFiles(
  folders: readonly string[],
  [trainImages, trainLabels, testImages, testLabels]: readonly [
    Checksum,
    Checksum,
    Checksum,
    Checksum,
  ],
): IdxEntry['files'] {
  const file = (name: string, [bytes, sha256]: Checksum): DataFile => {
    return { name, bytes, sha256, urls: folders.map(folder => folder + name) }
  }
  return [
    file('train-images-idx3-ubyte.gz', trainImages),
    file('train-labels-idx1-ubyte.gz', trainLabels),
    file('t10k-images-idx3-ubyte.gz', testImages),
    file('t10k-labels-idx1-ubyte.gz', testLabels),
  ]
}
