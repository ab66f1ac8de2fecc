import type { Network } from '../../models/network.ts'
import type { tf } from '../../src/engine/tf.ts'

/** Parameters as numbers, row-major. */
export type Numbers = Readonly<Record<string, Float64Array>>

export interface Shape {
  readonly cell: 'elman' | 'gru' | 'lstm'
  readonly embedding: number
  readonly hidden: number
  readonly layers: number
  readonly classes: number
  /** Of an Elman layer. */
  readonly phi: (v: number) => number
}

export function numbersOf(parameters: Readonly<Record<string, tf.Tensor>>): Numbers {
  const entries = Object.entries(parameters)
  return Object.fromEntries(entries.map(([name, p]) => [name, Float64Array.from(p.dataSync())]))
}

/** Class scores of one text by plain loops in double precision; tokens of zero are left out. */
export function slowLogits(p: Numbers, tokens: readonly number[], shape: Shape): number[] {
  const { embedding, hidden, layers, classes } = shape
  let sequence = tokens
    .filter(token => token !== 0)
    .map(token => [...p['embedding/weight']!.slice(token * embedding, (token + 1) * embedding)])
  let h: number[] = []
  for (let layer = 1; layer <= layers; layer++) {
    const name = `recurrent${layer}`
    h = Array<number>(hidden).fill(0)
    let memory = h
    sequence = sequence.map(x => {
      const v = affine(x, p[`${name}/weight`]!, p[`${name}/bias`]!)
      const u = affine(h, p[`${name}/feedback`]!, new Float64Array(v.length))
      const next = steps[shape.cell]({
        v,
        u,
        h,
        memory,
        phi: shape.phi,
        c: p[`${name}/candidate-bias`],
      })
      h = next.h
      memory = next.memory
      return h
    })
  }
  const scores = affine(h, p['readout/weight']!, p['readout/bias']!)
  return scores.slice(0, classes)
}

/** Mean cross-entropy of these texts. */
export function slowLoss(
  p: Numbers,
  texts: readonly (readonly number[])[],
  labels: readonly number[],
  shape: Shape,
): number {
  const losses = texts.map((tokens, at) => {
    const scores = slowLogits(p, tokens, shape)
    const sum = scores.reduce((total, score) => total + Math.exp(score), 0)
    return Math.log(sum) - scores[labels[at]!]!
  })
  return losses.reduce((total, loss) => total + loss, 0) / texts.length
}

/** Central differences of `slowLoss` by every entry, in the network's order. */
export function slowGradient(network: Network, p: Numbers, loss: (p: Numbers) => number): number[] {
  const step = 1e-5
  return network.parameters.flatMap(({ name }) =>
    Array.from(p[name]!, (_, at) => {
      const moved = (by: number) => {
        const values = p[name]!.slice()
        values[at]! += by
        return loss({ ...p, [name]: values })
      }
      return (moved(step) - moved(-step)) / (2 * step)
    }),
  )
}

function affine(x: readonly number[], weight: Float64Array, bias: Float64Array): number[] {
  return Array.from(bias, (b, column) =>
    x.reduce((sum, value, row) => sum + value * weight[row * bias.length + column]!, b),
  )
}

interface Step {
  readonly v: readonly number[]
  readonly u: readonly number[]
  readonly h: readonly number[]
  readonly memory: readonly number[]
  readonly c: Float64Array | undefined
  readonly phi: (v: number) => number
}

const sigmoid = (v: number) => 1 / (1 + Math.exp(-v))

const steps = {
  elman({ v, u, phi }: Step) {
    const h = v.map((value, j) => phi(value + u[j]!))
    return { h, memory: h }
  },
  gru({ v, u, h: old, c }: Step) {
    const H = old.length
    const h = old.map((before, j) => {
      const r = sigmoid(v[j]! + u[j]!)
      const z = sigmoid(v[H + j]! + u[H + j]!)
      const n = Math.tanh(v[2 * H + j]! + r * (u[2 * H + j]! + c![j]!))
      return (1 - z) * n + z * before
    })
    return { h, memory: h }
  },
  lstm({ v, u, memory: old }: Step) {
    const H = old.length
    const a = v.map((value, j) => value + u[j]!)
    const memory = old.map(
      (before, j) => sigmoid(a[H + j]!) * before + sigmoid(a[j]!) * Math.tanh(a[2 * H + j]!),
    )
    return { h: memory.map((m, j) => sigmoid(a[3 * H + j]!) * Math.tanh(m)), memory }
  },
}
