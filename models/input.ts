import type { tf } from '../src/engine/tf.ts'

/** `[height, width, channels]` of an image. */
export type ImageShape = readonly [height: number, width: number, channels: number]

/** Images, `[batch, height, width, channels]`, values in [0, 1]. */
export interface ImageInput {
  readonly kind: 'images'
  readonly shape: ImageShape
  readonly classes: number
}

/** Token numbers, `[batch, length]`, int32; 0 is padding. */
export interface SequenceInput {
  readonly kind: 'sequences'
  readonly length: number
  /** Number of different tokens, padding included. */
  readonly vocabulary: number
  readonly classes: number
}

/**
 * One graph whose nodes are classified all at once. What enters the network are the values of the
 * features' entries, `[entries]`, row by row; where they stand is part of the network.
 */
export interface GraphInput {
  readonly kind: 'graph'
  readonly nodes: number
  /** `[edges, 2]`: undirected, each once, no loops. */
  readonly edges: Int32Array
  /**
   * In the place of the edges a weight in [0, 1] for every pair of nodes, `[nodes, nodes]`, zero on
   * the diagonal, by which one can differentiate. The network is then of use as long as this
   * tensor is.
   */
  readonly adjacency?: tf.Tensor2D
  /** Entries of the sparse feature matrix: row i holds `indptr[i]` to `indptr[i + 1] − 1`. */
  readonly features: {
    readonly indptr: Int32Array
    readonly indices: Int32Array
    /** Number of columns. */
    readonly count: number
  }
  readonly classes: number
}

/** What a network is built for. */
export type NetworkInput = ImageInput | SequenceInput | GraphInput

/** Images of this shape. */
export function imageInput(shape: ImageShape, classes: number): ImageInput {
  return { kind: 'images', shape, classes }
}
