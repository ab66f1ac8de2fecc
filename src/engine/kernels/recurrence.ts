import { tf } from '../tf.ts'
import { type Cell, type CellActivation, elman, gru, lstm } from './cells.ts'
import { defineMatrixKernel } from './matrix-kernel.ts'

export type CellName = 'elman' | 'gru' | 'lstm'

export interface RecurrenceAttributes {
  readonly cell: CellName
  /** Of an Elman cell. */
  readonly activation: CellActivation
  /** Whether the result is the last state alone. */
  readonly last: boolean
}

export function cellOf({ cell, activation }: Omit<RecurrenceAttributes, 'last'>): Cell {
  return { elman: elman(activation), gru, lstm }[cell]
}

/**
 * The states of a recurrent layer, `[rows, steps, hidden]` or the last one, `[rows, hidden]`; the
 * state before each step, `[rows, steps, hidden]`; and the gain, as v, of a cell that has one, or
 * the memory before each step of a cell that has that. The latter are zero where the mask is.
 *
 * Operands: v `[rows, steps, gates · hidden]`, weight `[hidden, gates · hidden]`, bias `[hidden]`,
 * mask `[rows, steps]`.
 */
export const recurrence = defineMatrixKernel<
  'v' | 'weight' | 'bias' | 'mask',
  RecurrenceAttributes
>('Recurrence', {
  inputs: ['v', 'weight', 'bias', 'mask'],
  compute({ inputs, room, product }, attributes) {
    const cell = cellOf(attributes)
    const [rows, steps, width] = inputs.v.shape as [number, number, number]
    const hidden = inputs.weight.shape[0]!
    const h = room([rows, hidden])
    const states = attributes.last ? undefined : room([rows, steps, hidden])
    const before = room([rows, steps, hidden])
    const memory = cell.hasMemory ? room([rows, hidden]) : undefined
    const memoryBefore = cell.hasMemory ? room([rows, steps, hidden]) : undefined
    const gain = cell.hasGain ? room(inputs.v.shape) : undefined
    const at = { hidden, v: 0, u: 0, h: 0, before: 0, du: 0 }
    for (let t = 0; t < steps; t++) {
      const u = product(h, 'weight').values()
      const numbers = {
        u,
        v: inputs.v.values(),
        bias: inputs.bias.values(),
        h: h.values(),
        memory: memory?.values() ?? none,
        gain: gain?.values() ?? none,
      }
      const mask = inputs.mask.values()
      const [after, earlier, kept] = [states, before, memoryBefore].map(part => part?.values())
      for (let row = 0; row < rows; row++) {
        const step = row * steps + t
        at.h = row * hidden
        at.before = step * hidden
        if (mask[step] !== 0) {
          at.v = step * width
          at.u = row * width
          copy(earlier!, at.before, numbers.h, at.h, hidden)
          if (kept) copy(kept, at.before, numbers.memory, at.h, hidden)
          cell.forward(numbers, at)
        }
        if (after) copy(after, at.before, numbers.h, at.h, hidden)
      }
    }
    return [states ?? h, before, ...[memoryBefore ?? gain ?? []].flat()]
  },
})

/**
 * Backpropagation through time: the gradient by v, from that by the states.
 *
 * Operands: as of `recurrence`, the weight transposed; u the feedback at every step, as v; dy as
 * the states; memory the one before each step, for a cell that has it.
 */
const gradientByPreactivation = defineMatrixKernel<
  'v' | 'u' | 'transposed' | 'bias' | 'mask' | 'before' | 'memory' | 'dy',
  RecurrenceAttributes
>('RecurrenceGrad', {
  inputs: ['v', 'u', 'transposed', 'bias', 'mask', 'before', 'memory', 'dy'],
  compute({ inputs, room, product }, attributes) {
    const cell = cellOf(attributes)
    const [rows, steps, width] = inputs.v.shape as [number, number, number]
    const hidden = inputs.before.shape[2]!
    const [dh, dm] = [room([rows, hidden]), room([rows, hidden])]
    const [dv, du] = [room(inputs.v.shape), room([rows, width])]
    if (attributes.last) dh.values().set(inputs.dy.values())
    const at = { hidden, v: 0, u: 0, h: 0, before: 0, du: 0 }
    for (let t = steps - 1; t >= 0; t--) {
      const numbers = {
        v: inputs.v.values(),
        u: inputs.u.values(),
        bias: inputs.bias.values(),
        before: inputs.before.values(),
        memoryBefore: inputs.memory.values(),
        dh: dh.values(),
        dm: dm.values(),
        dv: dv.values(),
        du: du.values(),
      }
      const [mask, dy] = [inputs.mask.values(), inputs.dy.values()]
      for (let row = 0; row < rows; row++) {
        const step = row * steps + t
        at.h = row * hidden
        at.before = step * hidden
        at.du = row * width
        if (!attributes.last) add(numbers.dh, at.h, dy, at.before, hidden)
        if (mask[step] !== 0) {
          at.v = step * width
          at.u = at.v
          cell.backward(numbers, at)
        } else numbers.du.fill(0, at.du, at.du + width)
      }
      const fed = product(du, 'transposed').values()
      add(dh.values(), 0, fed, 0, fed.length)
    }
    return [dv]
  },
})

/**
 * Gradients of weight and bias from the gradient `delta` by v: `Σ_t h_{t−1}ᵀ (gain δ_t)`, and the
 * candidate's part of `Σ_t gain δ_t`.
 */
export function feedbackGradients(
  before: tf.Tensor,
  gain: tf.Tensor | undefined,
  delta: tf.Tensor,
): { readonly weight: tf.Tensor; readonly bias?: tf.Tensor } {
  return tf.tidy(() => {
    const hidden = before.shape.at(-1)!
    const fed = flat(gain ? tf.mul(delta, gain) : delta)
    const weight = tf.matMul(flat(before), fed, true)
    if (!gain) return { weight }
    return { weight, bias: tf.slice(tf.sum(fed, 0), fed.shape[1] - hidden) }
  })
}

tf.registerGradient({
  kernelName: 'Recurrence',
  inputsToSave: ['v', 'weight', 'bias', 'mask'],
  outputsToSave: [false, true, true],
  gradFunc(dys, saved, attrs) {
    const attributes = attrs as unknown as RecurrenceAttributes
    const [v, weight, bias, mask, before, extra] = saved as [T, T, T, T, T, T?]
    const { hasMemory, hasGain } = cellOf(attributes)
    const u = tf.reshape(tf.matMul(flat(before), weight), v.shape)
    const [dv] = gradientByPreactivation(
      {
        ...{ v, u, bias, mask, before },
        transposed: tf.transpose(weight),
        memory: hasMemory ? extra! : bias,
        dy: (dys as tf.Tensor[])[0]!,
      },
      attributes,
    )
    const own = feedbackGradients(before, hasGain ? extra : undefined, dv!)
    return {
      v: () => tf.clone(dv!),
      weight: () => tf.clone(own.weight),
      bias: () => tf.clone(own.bias ?? tf.zerosLike(bias)),
      mask: () => tf.zerosLike(mask),
    }
  },
})

type T = tf.Tensor

const none = new Float32Array(0)

function flat(values: tf.Tensor): tf.Tensor2D {
  return tf.reshape(values, [-1, values.shape.at(-1)!])
}

function copy(to: Float32Array, target: number, from: Float32Array, source: number, n: number) {
  for (let i = 0; i < n; i++) to[target + i] = from[source + i]!
}

function add(to: Float32Array, target: number, from: Float32Array, source: number, n: number) {
  for (let i = 0; i < n; i++) to[target + i]! += from[source + i]!
}
