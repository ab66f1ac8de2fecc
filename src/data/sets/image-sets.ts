import { cifarClasses } from '../cifar.ts'
import type { DataFile, IdxEntry, ImageEntry } from '../entry.ts'
import { glyphClasses, glyphs } from '../glyphs.ts'

/** The known sets of images. */
export const imageSets: readonly ImageEntry[] = [
  {
    name: 'glyphs',
    kind: 'images',
    format: 'generated',
    classes: glyphClasses,
    licence: 'MIT',
    files: [],
    generate: glyphs,
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
  {
    name: 'cifar10',
    kind: 'images',
    format: 'cifar-archive',
    classes: cifarClasses,
    licence: 'none given (Krizhevsky 2009)',
    train: 50000,
    test: 10000,
    files: [
      {
        name: 'cifar-10-binary.tar.gz',
        bytes: 170052171,
        sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
        urls: ['https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz'],
      },
    ],
  },
  {
    name: 'cifar10-unofficial',
    kind: 'images',
    format: 'cifar-records',
    classes: cifarClasses,
    licence: 'none given (Krizhevsky 2009)',
    folder: 'cifar10',
    train: 50000,
    test: 10000,
    files: [],
  },
]

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
