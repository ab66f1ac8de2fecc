import { tf } from '../src/engine/tf.ts'
import { type ActivationName, activation } from './activation.ts'
import type { Feedback } from './chain.ts'
import type { Parameters } from './network.ts'

export type CellName = 'elman' | 'gru' | 'lstm'

/** Pre-activations of a cell for each entry of its state. */
export const gates: Readonly<Record<CellName, number>> = { elman: 1, gru: 3, lstm: 4 }

/**
 * What a recurrent layer does after its pre-activation v, from `h₀ = 0`:
 *
 *     elman   h_t = φ(v + h U)
 *     gru     r, z = sigmoid(v + h U),  n = tanh(v + r (h U + c)),  h_t = (1 − z) n + z h
 *     lstm    i, f, o = sigmoid(v + h U),  g = tanh(v + h U),  m_t = f m + i g,  h_t = o tanh(m_t)
 *
 * with the gates side by side in this order: r z n, i f g o. Where the mask (the second tensor of
 * the state) is 0, the state stays as it is.
 *
 * @param last whether the last state is handed on alone, `[rows, hidden]`, else all of them and the
 *   mask
 */
export function recurrence(
  cell: CellName,
  name: string,
  hidden: number,
  { phi, last }: { readonly phi: ActivationName; readonly last: boolean },
): Feedback {
  const weight = `${name}/feedback`
  const bias = `${name}/candidate-bias`
  const step = {
    elman: elmanStep(weight, phi),
    gru: gruStep(weight, bias),
    lstm: lstmStep(weight),
  }[cell]
  return {
    parameters: [
      { name: weight, shape: [hidden, gates[cell] * hidden], fanIn: hidden, initial: 'orthogonal' },
      ...(cell === 'gru' ? [{ name: bias, shape: [hidden], fanIn: 0 }] : []),
    ],
    run(parameters, v, [, mask]) {
      const zero = tf.zeros([v.shape[0]!, hidden])
      let state: CellState = { h: zero, memory: zero }
      const states: tf.Tensor[] = []
      const before: tf.Tensor[] = []
      const resets: tf.Tensor[] = []
      for (let t = 0; t < v.shape[1]!; t++) {
        const next = step(parameters, atStep(v, t), state)
        const kept = tf.sub(1, tf.expandDims(atStep(mask!, t), 1))
        before.push(state.h)
        state = {
          h: tf.add(next.h, tf.mul(kept, tf.sub(state.h, next.h))),
          memory: tf.add(next.memory, tf.mul(kept, tf.sub(state.memory, next.memory))),
        }
        states.push(state.h)
        if (next.reset) resets.push(next.reset)
      }
      return {
        state: last ? [state.h] : [tf.stack(states, 1), tf.clone(mask!)],
        trajectory: [before, resets].filter(all => all.length > 0).map(all => tf.stack(all, 1)),
      }
    },
    localGradient([before, reset], delta) {
      const h = rows(before!)
      const all = rows(delta)
      if (!reset) return { [weight]: tf.matMul(h, all, true) }
      const [r, z, n] = tf.split(all, 3, 1) as [tf.Tensor, tf.Tensor, tf.Tensor]
      const candidate = tf.mul(n, rows(reset))
      return {
        [weight]: tf.matMul(h, tf.concat([r, z, candidate], 1) as tf.Tensor2D, true),
        [bias]: tf.sum(candidate, 0),
      }
    },
  }
}

interface CellState {
  readonly h: tf.Tensor
  /** Of an LSTM; else as `h`. */
  readonly memory: tf.Tensor
  readonly reset?: tf.Tensor
}

type Step = (parameters: Parameters, v: tf.Tensor, state: CellState) => CellState

function elmanStep(weight: string, phi: ActivationName): Step {
  const f = activation(phi)
  return (parameters, v, { h }) => {
    const next = f(tf.add(v, tf.matMul(h, parameters[weight]!)))
    return { h: next, memory: next }
  }
}

function gruStep(weight: string, bias: string): Step {
  return (parameters, v, { h }) => {
    const [vr, vz, vn] = tf.split(v, 3, 1)
    const [ur, uz, un] = tf.split(tf.matMul(h, parameters[weight]!), 3, 1)
    const reset = tf.sigmoid(tf.add(vr!, ur!))
    const z = tf.sigmoid(tf.add(vz!, uz!))
    const n = tf.tanh(tf.add(vn!, tf.mul(reset, tf.add(un!, parameters[bias]!))))
    const next = tf.add(n, tf.mul(z, tf.sub(h, n)))
    return { h: next, memory: next, reset }
  }
}

function lstmStep(weight: string): Step {
  return (parameters, v, { h, memory }) => {
    const [i, f, g, o] = tf.split(tf.add(v, tf.matMul(h, parameters[weight]!)), 4, 1)
    const next = tf.add(tf.mul(tf.sigmoid(f!), memory), tf.mul(tf.sigmoid(i!), tf.tanh(g!)))
    return { h: tf.mul(tf.sigmoid(o!), tf.tanh(next)), memory: next }
  }
}

/** Step t of `[rows, steps, ...]`. */
function atStep(values: tf.Tensor, t: number): tf.Tensor {
  return tf.squeeze(tf.slice(values, [0, t], [values.shape[0]!, 1]), [1])
}

function rows(values: tf.Tensor): tf.Tensor2D {
  return tf.reshape(values, [-1, values.shape.at(-1)!])
}
