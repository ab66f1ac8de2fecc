import {
  type CellName,
  feedbackGradients,
  gatesOf,
  recurrentStates,
} from '../src/engine/recurrent.ts'
import { tf } from '../src/engine/tf.ts'
import type { ActivationName } from './activation.ts'
import type { Feedback } from './chain.ts'

/**
 * What a recurrent layer does after its pre-activation, see `recurrentStates`. The second tensor of
 * the state is the mask.
 *
 * @param last whether the last state is handed on alone, `[rows, hidden]`, else all of them and the
 *   mask
 */
export function recurrence(
  name: string,
  hidden: number,
  attributes: {
    readonly cell: CellName
    readonly activation: ActivationName
    readonly last: boolean
  },
): Feedback {
  const { cell, last } = attributes
  const weight = `${name}/feedback`
  const bias = `${name}/candidate-bias`
  return {
    parameters: [
      {
        name: weight,
        shape: [hidden, gatesOf(cell) * hidden],
        fanIn: hidden,
        initial: 'orthogonal',
      },
      ...(cell === 'gru' ? [{ name: bias, shape: [hidden], fanIn: 0 }] : []),
    ],
    run(parameters, v, [, mask]) {
      const operands = { v, mask: mask!, weight: parameters[weight]! }
      const { states, before, gain } = recurrentStates(
        cell === 'gru' ? { ...operands, bias: parameters[bias]! } : operands,
        attributes,
      )
      return {
        state: last ? [states] : [states, tf.clone(mask!)],
        trajectory: gain ? [before, gain] : [before],
      }
    },
    localGradient([before, gain], delta) {
      const found = feedbackGradients(before!, gain, delta)
      return { [weight]: found.weight, ...(found.bias && { [bias]: found.bias }) }
    },
  }
}
