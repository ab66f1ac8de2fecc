/** What every data set says about itself. */
interface Described {
  readonly name: string
  readonly classes: readonly string[]
  readonly licence: string
  /** SHA-256 (hex) of what was read: over the bytes of the files, or of the generated arrays. */
  readonly sha256: string
  /** Where the content comes from, in words: generated, published files, or files that nobody vouches for. */
  readonly provenance: string
}

/** Images of one split: pixels in [0, 1], float32, row-major [count, height, width, channels]. */
export interface ImageSplit {
  readonly images: Float32Array
  readonly labels: Uint8Array
  readonly count: number
}

/** A labelled set of images of one size, with its training and test split. */
export interface ImageDataset extends Described {
  readonly kind: 'images'
  readonly shape: readonly [height: number, width: number, channels: number]
  readonly bounds: readonly [0, 1]
  readonly train: ImageSplit
  readonly test: ImageSplit
}

/** Texts of one split as token numbers. */
export interface SequenceSplit {
  /** [count, length], row-major; what a text does not fill holds the pad id. */
  readonly tokens: Int32Array
  /** [count]: tokens of each text that are no padding, 1 to length. */
  readonly lengths: Int32Array
  readonly labels: Uint8Array
  readonly count: number
}

/** A labelled set of token sequences of one length, with its training and test split. */
export interface SequenceDataset extends Described {
  readonly kind: 'sequences'
  /** Token of each id; 0 is the padding, 1 stands for every word that is not in the vocabulary. */
  readonly vocabulary: readonly string[]
  /** Tokens of a padded sequence. */
  readonly length: number
  readonly padId: 0
  readonly unknownId: 1
  readonly train: SequenceSplit
  readonly test: SequenceSplit
}

/** A sparse matrix by rows [nodes, count]: row i holds the entries indptr[i] to indptr[i + 1] − 1. */
export interface SparseRows {
  /** [nodes + 1] */
  readonly indptr: Int32Array
  /** Column of each entry, ascending within a row. */
  readonly indices: Int32Array
  readonly values: Float32Array
  /** Number of columns. */
  readonly count: number
}

/** One graph with labelled nodes, some of which are for training, validation and test. */
export interface GraphDataset extends Described {
  readonly kind: 'graph'
  readonly nodes: number
  /** [edges, 2], row-major: undirected, u < v, sorted, each once, no loops. */
  readonly edges: Int32Array
  readonly features: SparseRows
  /** [nodes]; −1 for a node without a label, which is in no split. */
  readonly labels: Int32Array
  readonly train: Int32Array
  readonly validation: Int32Array
  readonly test: Int32Array
}

/** Any data set; told apart by `kind`. */
export type Dataset = ImageDataset | SequenceDataset | GraphDataset

/** Numbers of examples, or nodes of a graph, to train and to test on. */
export function splitSizes(dataset: Dataset): { readonly train: number; readonly test: number } {
  if (dataset.kind === 'graph') return { train: dataset.train.length, test: dataset.test.length }
  return { train: dataset.train.count, test: dataset.test.count }
}

/** Bytes 0..255 as float32 in [0, 1]. */
export function unitPixels(bytes: Uint8Array): Float32Array {
  const images = new Float32Array(bytes.length)
  for (let i = 0; i < bytes.length; i++) images[i] = bytes[i]! / 255
  return images
}
