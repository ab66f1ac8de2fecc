import { type CellName, gatesOf } from '../src/engine/recurrent.ts'
import { tf } from '../src/engine/tf.ts'
import type { ActivationName } from './activation.ts'
import { dense, denseOverTime } from './affine.ts'
import { chain, type FeedbackStage, type PlainStage } from './chain.ts'
import { embedding, textMask } from './embedding.ts'
import type { SequenceInput } from './input.ts'
import type { Initial, Network } from './network.ts'
import { recurrence } from './recurrence.ts'

export interface RecurrentOptions {
  readonly name: CellName
  /** Width of the embedding of a token. */
  readonly embedding: number
  /** Width of every recurrent layer's state. */
  readonly hidden: number
  /** Number of recurrent layers. */
  readonly layers: number
  /** Of an Elman layer; tanh when absent. */
  readonly activation?: ActivationName
}

/**
 * Text classifier: tokens are embedded, recurrent layers read them from the first to the last, and
 * the state that the last layer ends in is classified. Steps of padding change no state.
 *
 * Sites: `embedding`, `recurrent1` …, `readout`.
 */
export function recurrent(input: SequenceInput, options: RecurrentOptions): Network {
  const { length, classes } = input
  const { name: cell, embedding: width, hidden, layers, activation = 'tanh' } = options
  const embedded: PlainStage = {
    name: 'embedding',
    affine: embedding('embedding', input, width, 1),
    after: (v, [tokens]) => [tf.clone(v), textMask(tokens!)],
    readsState: true,
    credit: (losses, [tokens]) => ofText(losses, textMask(tokens!)),
  }
  const recurrentLayer = (index: number): FeedbackStage => {
    const name = `recurrent${index + 1}`
    const inputs = index === 0 ? width : hidden
    return {
      name,
      affine: denseOverTime(name, [length, inputs, gatesOf(cell) * hidden], {
        weight: { deviation: Math.sqrt(2 / (inputs + hidden)) },
        ...(cell !== 'elman' && { bias: keepsAtFirst(gatesOf(cell), hidden) }),
      }),
      feedback: recurrence(name, hidden, { cell, activation, last: index === layers - 1 }),
      credit: (losses, [, mask]) => ofText(losses, mask!),
    }
  }
  return chain([length], tokens => tf.clone(tokens), [
    embedded,
    ...Array.from({ length: layers }, (_, index) => recurrentLayer(index)),
    { name: 'readout', affine: dense('readout', hidden, classes), after: v => [v] },
  ])
}

/** Noise on padding reaches no loss: losses `[copies, batch]` become `[copies, batch, length]`. */
function ofText(losses: tf.Tensor2D, mask: tf.Tensor): tf.Tensor {
  return tf.mul(tf.expandDims(losses, 2), mask)
}

/**
 * Biases of gates: one for the second, which keeps what there is (z of a GRU, f of an LSTM), so that
 * training starts with a longer memory; zero for the others.
 *
 * @see Jozefowicz et al., "An empirical exploration of recurrent network architectures", 2015
 */
function keepsAtFirst(gates: number, hidden: number): Initial {
  const mean = Array.from({ length: gates * hidden }, (_, at) =>
    Math.floor(at / hidden) === 1 ? 1 : 0,
  )
  return { deviation: 0, mean }
}
