import { sigmoid, tanh } from './squash.ts'

/** Non-linear functions that an Elman cell can have. */
export type CellActivation = 'tanh' | 'relu' | 'elu' | 'sigmoid' | 'threshold'

/** The numbers of a pass that a cell reads and writes. */
export interface CellNumbers {
  /** Pre-activations without the feedback, `[rows, steps, gates · hidden]`. */
  readonly v: Float32Array
  /** The feedback `h U`, of one step or of all. */
  readonly u: Float32Array
  /** `[hidden]`, of the GRU's candidate. */
  readonly bias: Float32Array
}

/** What a step forward changes. */
export interface ForwardNumbers extends CellNumbers {
  /** The state, `[rows, hidden]`. */
  readonly h: Float32Array
  /** The LSTM's memory, `[rows, hidden]`. */
  readonly memory: Float32Array
  /** What the feedback is multiplied with, as v: of the GRU's candidate its reset gate. */
  readonly gain: Float32Array
}

/** What a step backward changes. */
export interface BackwardNumbers extends CellNumbers {
  /** State and memory before the step, `[rows, steps, hidden]`. */
  readonly before: Float32Array
  readonly memoryBefore: Float32Array
  /** Gradient by the state, from the one after the step to the direct part of the one before. */
  readonly dh: Float32Array
  /** The same of the memory. */
  readonly dm: Float32Array
  /** Gradient by the pre-activations, as v. */
  readonly dv: Float32Array
  /** Gradient by the feedback, `[rows, gates · hidden]`. */
  readonly du: Float32Array
}

/** Where one row stands in the numbers at one step. */
export interface RowOffsets {
  readonly hidden: number
  /** In v, dv and the gain. */
  v: number
  u: number
  /** In h, memory, dh and dm. */
  h: number
  /** In what is before the step. */
  before: number
  /** In du. */
  du: number
}

/** A recurrent cell: one row, one step. */
export interface Cell {
  /** Pre-activations for each entry of the state. */
  readonly gates: number
  readonly hasMemory: boolean
  /** Whether some of the feedback is multiplied before it is added. */
  readonly hasGain: boolean
  forward(numbers: ForwardNumbers, at: RowOffsets): void
  backward(numbers: BackwardNumbers, at: RowOffsets): void
}

/** `h ← φ(v + u)` */
export function elman(activation: CellActivation): Cell {
  const { phi, slope } = functions[activation]
  return {
    gates: 1,
    hasMemory: false,
    hasGain: false,
    forward({ v, u, h }, at) {
      for (let j = 0; j < at.hidden; j++) h[at.h + j] = phi(v[at.v + j]! + u[at.u + j]!)
    },
    backward({ v, u, dh, dv, du }, at) {
      for (let j = 0; j < at.hidden; j++) {
        const d = dh[at.h + j]! * slope(phi(v[at.v + j]! + u[at.u + j]!))
        dv[at.v + j] = d
        du[at.du + j] = d
        dh[at.h + j] = 0
      }
    },
  }
}

/** Each function, and its derivative as a function of its value. */
const functions: Readonly<
  Record<CellActivation, { phi(v: number): number; slope(y: number): number }>
> = {
  tanh: { phi: tanh, slope: y => 1 - y * y },
  relu: { phi: v => Math.max(0, v), slope: y => (y > 0 ? 1 : 0) },
  sigmoid: { phi: sigmoid, slope: y => y * (1 - y) },
  elu: { phi: v => (v > 0 ? v : Math.expm1(v)), slope: y => (y > 0 ? 1 : y + 1) },
  // A spoilt number must not pass for zero.
  threshold: { phi: v => (v > 0 ? 1 : v <= 0 ? 0 : v), slope: () => 0 },
}

/** `r, z = sigmoid(v + u)`, `n = tanh(v + r (u + c))`, `h ← n + z (h − n)`; gates r z n. */
export const gru: Cell = {
  gates: 3,
  hasMemory: false,
  hasGain: true,
  forward({ v, u, bias, h, gain }, at) {
    const { hidden } = at
    for (let j = 0; j < hidden; j++) {
      const a = at.v + j
      const b = at.u + j
      const r = sigmoid(v[a]! + u[b]!)
      const z = sigmoid(v[a + hidden]! + u[b + hidden]!)
      const n = tanh(v[a + 2 * hidden]! + r * (u[b + 2 * hidden]! + bias[j]!))
      h[at.h + j] = n + z * (h[at.h + j]! - n)
      gain[a] = 1
      gain[a + hidden] = 1
      gain[a + 2 * hidden] = r
    }
  },
  backward({ v, u, bias, before, dh, dv, du }, at) {
    const { hidden } = at
    for (let j = 0; j < hidden; j++) {
      const a = at.v + j
      const b = at.u + j
      const c = at.du + j
      const fed = u[b + 2 * hidden]! + bias[j]!
      const r = sigmoid(v[a]! + u[b]!)
      const z = sigmoid(v[a + hidden]! + u[b + hidden]!)
      const n = tanh(v[a + 2 * hidden]! + r * fed)
      const d = dh[at.h + j]!
      const dn = d * (1 - z) * (1 - n * n)
      const dr = dn * fed * r * (1 - r)
      const dz = d * (before[at.before + j]! - n) * z * (1 - z)
      dv[a] = dr
      dv[a + hidden] = dz
      dv[a + 2 * hidden] = dn
      du[c] = dr
      du[c + hidden] = dz
      du[c + 2 * hidden] = r * dn
      dh[at.h + j] = d * z
    }
  },
}

/** `i, f, o = sigmoid(v + u)`, `g = tanh(v + u)`, `m ← f m + i g`, `h ← o tanh(m)`; gates i f g o. */
export const lstm: Cell = {
  gates: 4,
  hasMemory: true,
  hasGain: false,
  forward({ v, u, h, memory }, at) {
    const { hidden } = at
    for (let j = 0; j < hidden; j++) {
      const a = at.v + j
      const b = at.u + j
      const i = sigmoid(v[a]! + u[b]!)
      const f = sigmoid(v[a + hidden]! + u[b + hidden]!)
      const g = tanh(v[a + 2 * hidden]! + u[b + 2 * hidden]!)
      const o = sigmoid(v[a + 3 * hidden]! + u[b + 3 * hidden]!)
      const m = f * memory[at.h + j]! + i * g
      memory[at.h + j] = m
      h[at.h + j] = o * tanh(m)
    }
  },
  backward({ v, u, memoryBefore, dh, dm, dv, du }, at) {
    const { hidden } = at
    for (let j = 0; j < hidden; j++) {
      const a = at.v + j
      const b = at.u + j
      const c = at.du + j
      const i = sigmoid(v[a]! + u[b]!)
      const f = sigmoid(v[a + hidden]! + u[b + hidden]!)
      const g = tanh(v[a + 2 * hidden]! + u[b + 2 * hidden]!)
      const o = sigmoid(v[a + 3 * hidden]! + u[b + 3 * hidden]!)
      const m = memoryBefore[at.before + j]!
      const y = tanh(f * m + i * g)
      const d = dh[at.h + j]!
      const e = dm[at.h + j]! + d * o * (1 - y * y)
      dv[a] = e * g * i * (1 - i)
      dv[a + hidden] = e * m * f * (1 - f)
      dv[a + 2 * hidden] = e * i * (1 - g * g)
      dv[a + 3 * hidden] = d * y * o * (1 - o)
      for (let gate = 0; gate < 4 * hidden; gate += hidden) du[c + gate] = dv[a + gate]!
      dm[at.h + j] = e * f
      dh[at.h + j] = 0
    }
  },
}
