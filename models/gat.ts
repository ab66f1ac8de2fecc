import { tf } from '../src/engine/tf.ts'
import type { Stream } from '../src/random/stream.ts'
import { type ActivationName, activation } from './activation.ts'
import { chain, type Stage } from './chain.ts'
import { attentionScores } from './graph/attention-scores.ts'
import { type Dropout, dropout, noDropout } from './graph/dropout.ts'
import { featureRows, fullRows, type NodeRows, nodeDense } from './graph/node-affine.ts'
import { type NodeGraph, nodeGraph } from './graph/node-graph.ts'
import type { GraphInput } from './input.ts'
import type { Network } from './network.ts'

export interface GatOptions {
  /** Width of every head of the hidden layer. */
  readonly hidden: number
  /** Heads of the hidden layer, one behind the other in its output. */
  readonly heads: number
  /** Heads of the last layer, which are averaged. */
  readonly outputHeads: number
  /** Share of the features' entries and of the hidden values that are dropped in training. */
  readonly dropout: number
  /** Slope below zero of the leaky rectifier of the scores. */
  readonly slope: number
  readonly activation: ActivationName
}

/**
 * Graph attention network of two layers for the nodes of one graph. What enters are the values of
 * the features' entries, `[entries]`; logits are `[copies · nodes, classes]`.
 *
 * A layer has two sites: `transform`, z = X W + b for every head, and `attention`, whose scores say
 * how every node weighs the z of its neighbours and its own. The weights of a node sum to one, so
 * b behind the aggregation would be the same but for the scores, which see it here. Attention
 * weights are not dropped.
 *
 * @throws RangeError for features or edges that are none of this graph
 * @see Veličković et al., "Graph attention networks", 2018
 */
export function gat(input: GraphInput, options: GatOptions): Network {
  const f = activation(options.activation)
  const graph = nodeGraph(input)
  const entries = input.features.indices.length
  const { hidden, heads, outputHeads, slope } = options
  const width = heads * hidden
  const withDropout = (drop: Dropout): Network =>
    chain(
      [entries],
      values => drop('input', values, entries),
      [
        ...attentionLayer({
          graph,
          index: 1,
          rows: featureRows(graph),
          heads,
          width: hidden,
          slope,
          further: 1,
          after: aggregated =>
            drop('hidden', f(tf.reshape(aggregated, [-1, width])), graph.nodes * width),
        }),
        ...attentionLayer({
          graph,
          index: 2,
          rows: fullRows(width),
          heads: outputHeads,
          width: input.classes,
          slope,
          further: 0,
          after: aggregated => tf.reshape(tf.mean(aggregated, 2), [-1, input.classes]),
        }),
      ],
      {
        classes: input.classes,
        ...(options.dropout > 0 && { drawn }),
      },
    )
  const drawn = (random: (name: string) => Stream) => withDropout(dropout(options.dropout, random))
  return withDropout(noDropout)
}

interface AttentionLayer {
  readonly graph: NodeGraph
  readonly index: number
  readonly rows: NodeRows
  readonly heads: number
  /** Of every head. */
  readonly width: number
  readonly slope: number
  /** Number of layers that follow. */
  readonly further: number
  /** From the aggregated values `[copies, nodes, heads, width]` to what enters the next layer. */
  after(aggregated: tf.Tensor): tf.Tensor
}

/**
 * Transform and attention. A node's z and its score as a sender reach its neighbours' sums, its
 * score as a receiver its own alone; every further layer takes them one step further.
 */
function attentionLayer(layer: AttentionLayer): Stage[] {
  const { graph, index, rows, heads, width, slope, further, after } = layer
  const { nodes } = graph
  return [
    {
      name: `transform${index}`,
      affine: nodeDense(`transform${index}`, rows, heads * width),
      after: z => [tf.clone(z)],
      credit: losses => graph.lossesWithin(further + 1, losses),
    },
    {
      name: `attention${index}`,
      affine: attentionScores(`attention${index}`, heads, width),
      readsState: true,
      after(scores, [z]) {
        const [receiver, sender] = tf.unstack(tf.reshape(scores, [-1, nodes, 2, heads]), 2)
        const values = tf.reshape(z!, [-1, nodes, heads, width])
        return [after(graph.attend(receiver!, sender!, values, slope))]
      },
      // Of the receivers and of the senders, `[copies, nodes, 2]`.
      credit: losses =>
        tf.stack(
          [further, further + 1].map(hops => graph.lossesWithin(hops, losses)),
          2,
        ),
    },
  ]
}
