import {
  type CellName,
  cellOf,
  type RecurrenceAttributes,
  recurrence,
} from './kernels/recurrence.ts'
import { tf } from './tf.ts'

export { type CellName, feedbackGradients } from './kernels/recurrence.ts'

/** What a recurrent layer computes with. */
export interface RecurrentOperands {
  /** Pre-activations without the feedback, `[rows, steps, gates · hidden]`. */
  readonly v: tf.Tensor
  /** `[hidden, gates · hidden]` */
  readonly weight: tf.Tensor
  /** Of the GRU's candidate, `[hidden]`. */
  readonly bias?: tf.Tensor
  /** Where it is 0 the state stays as it is, `[rows, steps]`; nothing comes from there. */
  readonly mask: tf.Tensor
}

export interface RecurrentStates {
  /** `[rows, steps, hidden]`, or the last one, `[rows, hidden]`. */
  readonly states: tf.Tensor
  /** The state before each step, `[rows, steps, hidden]`; zero where the mask is. */
  readonly before: tf.Tensor
  /** Of a GRU: what the feedback is multiplied with, as v; zero where the mask is. */
  readonly gain?: tf.Tensor
}

/** Pre-activations of a cell for each entry of its state. */
export function gatesOf(cell: CellName): number {
  return cellOf({ cell, activation: 'tanh' }).gates
}

/**
 * The states of a recurrent layer from `h₀ = 0` on, as one operation with backpropagation through
 * time as its gradient. With `u = h_{t−1} U`:
 *
 *     elman   h_t = φ(v + u)
 *     gru     r, z = sigmoid(v + u),  n = tanh(v + r (u + c)),  h_t = (1 − z) n + z h_{t−1}
 *     lstm    i, f, o = sigmoid(v + u),  g = tanh(v + u),  m_t = f m_{t−1} + i g,  h_t = o tanh(m_t)
 *
 * with the gates side by side in this order: r z n, i f g o. Only `states` is differentiated.
 *
 * @returns tensors that belong to the enclosing `tidy` or to the caller
 * @throws RangeError for operands of other shapes
 * @see Cho et al., "Learning phrase representations using RNN encoder-decoder", 2014, with the
 *   reset after the product
 * @see Hochreiter and Schmidhuber, "Long short-term memory", 1997
 */
export function recurrentStates(
  { v, weight, bias, mask }: RecurrentOperands,
  attributes: RecurrenceAttributes,
): RecurrentStates {
  const hidden = weight.shape[0]!
  requireShapes({ v, weight, mask }, gatesOf(attributes.cell))
  const operands = { v, weight, bias: bias ?? tf.zeros([hidden]), mask }
  const [states, before, extra] = recurrence(operands, attributes)
  const { hasGain } = cellOf(attributes)
  return { states: states!, before: before!, ...(hasGain && { gain: extra! }) }
}

function requireShapes({ v, weight, mask }: RecurrentOperands, gates: number): void {
  const [hidden, width] = weight.shape
  if (weight.rank !== 2 || width !== gates * hidden!) {
    throw new RangeError(`invalid weight: [${weight.shape}]; expected [hidden, ${gates} · hidden]`)
  }
  if (v.rank !== 3 || v.shape[2] !== width) {
    throw new RangeError(`invalid pre-activation: [${v.shape}]; expected [rows, steps, ${width}]`)
  }
  const [rows, steps] = v.shape
  if (mask.rank !== 2 || mask.shape[0] !== rows || mask.shape[1] !== steps) {
    throw new RangeError(`invalid mask: [${mask.shape}]; expected [${rows},${steps}]`)
  }
}
