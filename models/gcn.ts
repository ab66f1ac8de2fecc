import type { Stream } from '../src/random/stream.ts'
import { type ActivationName, activation } from './activation.ts'
import { chain } from './chain.ts'
import { type Dropout, dropout, noDropout } from './graph/dropout.ts'
import { featureRows, fullRows, graphConvolution } from './graph/node-affine.ts'
import { nodeGraph } from './graph/node-graph.ts'
import type { GraphInput } from './input.ts'
import type { Network } from './network.ts'

export interface GcnOptions {
  /** Widths of the hidden layers, e.g. `[16]`. */
  readonly hidden: readonly number[]
  /** Share of the features' entries and of the hidden values that are dropped in training. */
  readonly dropout: number
  readonly activation: ActivationName
}

/**
 * Graph convolutional network for the nodes of one graph. What enters are the values of the
 * features' entries, `[entries]`; logits are `[copies · nodes, classes]`.
 *
 * A convolution's pre-activation reaches one step further with every layer after it, so layer l of
 * L is credited with the losses within L − l steps of the node: the last with the node's own.
 *
 * @throws RangeError for features or edges that are none of this graph
 * @see Kipf and Welling, "Semi-supervised classification with graph convolutional networks", 2017
 */
export function gcn(input: GraphInput, options: GcnOptions): Network {
  const f = activation(options.activation)
  const graph = nodeGraph(input)
  const entries = input.features.indices.length
  const widths = [...options.hidden, input.classes]
  const last = widths.length - 1
  const layers = widths.map((width, index) => {
    const name = `convolution${index + 1}`
    const rows = index === 0 ? featureRows(graph) : fullRows(widths[index - 1]!)
    return { name, width, affine: graphConvolution(name, graph, rows, width) }
  })
  const withDropout = (drop: Dropout): Network =>
    chain(
      [entries],
      values => drop('input', values, entries),
      layers.map(({ name, width, affine }, index) => ({
        name,
        affine,
        after: v => [index === last ? v : drop(name, f(v), graph.nodes * width)],
        credit: losses => graph.lossesWithin(last - index, losses),
      })),
      options.dropout > 0 ? { drawn } : {},
    )
  const drawn = (random: (name: string) => Stream) => withDropout(dropout(options.dropout, random))
  return withDropout(noDropout)
}
