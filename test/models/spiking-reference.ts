import type { Network, Parameters } from '../../models/network.ts'
import type { Surrogate } from '../../models/surrogate.ts'
import { tf } from '../../src/engine/tf.ts'

/** A spiking network's options and layers, for plain loops over numbers. */
type Described = Pick<Network, 'parameters'> & {
  readonly name?: string
  readonly steps?: number
  readonly decay?: number
  readonly threshold?: number
  readonly reset?: string
  readonly readout?: string
  readonly pooling?: string
  readonly surrogate?: Surrogate
}

type Image = number[][][]

/** Logits of images as constant currents, example by example and step by step. */
export function referenceLogits(
  described: Described,
  parameters: Parameters,
  x: tf.Tensor,
): tf.Tensor2D {
  const images = x.arraySync() as Image[]
  return tf.tensor2d(images.map(image => logitsOf(described, parameters, image)))
}

function logitsOf(described: Described, parameters: Parameters, image: Image): number[] {
  const { steps = 5, pooling = 'average' } = described
  const layers = layersOf(described, parameters)
  let inputs: unknown[] = Array.from({ length: steps }, () => image)
  for (const { weight, bias } of layers.slice(0, -1)) {
    if (Array.isArray(weight[0]![0])) {
      const currents = inputs.map(input => convolve(input as Image, weight as number[][][][], bias))
      const spikes = unflatten(fire(described, currents.map(flatten)), currents[0]!)
      inputs = spikes.map(each => pool(each, pooling))
    } else {
      inputs = fire(
        described,
        inputs.map(input => apply(flatten(input), weight as number[][], bias)),
      )
    }
  }
  return read(described, inputs.map(flatten), layers.at(-1)! as Layer<number[][]>)
}

interface Layer<Weight> {
  readonly name: string
  readonly weight: Weight
  readonly bias: number[]
}

function layersOf(
  { parameters: specs }: Described,
  parameters: Parameters,
): Layer<number[][] | number[][][][]>[] {
  const names = specs.filter(({ fanIn }) => fanIn > 0).map(({ name }) => name.split('/')[0]!)
  return names.map(name => ({
    name,
    weight: parameters[`${name}/weight`]!.arraySync() as number[][] | number[][][][],
    bias: parameters[`${name}/bias`]!.arraySync() as number[],
  }))
}

const flatten = (values: unknown): number[] =>
  ([values] as unknown[]).flat(Number.POSITIVE_INFINITY as 1) as number[]

const apply = (x: number[], weight: number[][], bias: number[]) =>
  bias.map((b, o) => x.reduce((sum, value, i) => sum + value * weight[i]![o]!, b))

/** 5x5, padded with zeros to keep height and width. */
function convolve(image: Image, weight: number[][][][], bias: number[]): Image {
  return image.map((row, y) =>
    row.map((_, z) =>
      bias.map((b, o) => {
        let sum = b
        for (let i = 0; i < 5; i++) {
          for (let j = 0; j < 5; j++) {
            const pixel = image[y + i - 2]?.[z + j - 2]
            pixel?.forEach((value, c) => {
              sum += value * weight[i]![j]![c]![o]!
            })
          }
        }
        return sum
      }),
    ),
  )
}

function unflatten(steps: number[][], like: Image): Image[] {
  return steps.map(values => {
    let at = 0
    return like.map(row => row.map(pixel => pixel.map(() => values[at++]!)))
  })
}

/** Windows of 2x2, smaller at an odd edge. */
function pool(image: Image, pooling: string): Image {
  const [height, width] = [image.length, image[0]!.length]
  return Array.from({ length: Math.ceil(height / 2) }, (_, y) =>
    Array.from({ length: Math.ceil(width / 2) }, (__, z) =>
      image[0]![0]!.map((___, c) => {
        const window = [0, 1, 2, 3].flatMap(
          at => image[2 * y + (at >> 1)]?.[2 * z + (at & 1)]?.[c] ?? [],
        )
        const sum = window.reduce((total, value) => total + value, 0)
        return pooling === 'max' ? Math.max(...window) : sum / window.length
      }),
    ),
  )
}

function fire(described: Described, currents: number[][]): number[][] {
  return integrate(described, currents).map(step =>
    step.map(u => (u >= described.threshold! ? 1 : 0)),
  )
}

/** Membrane potentials `[steps][neurons]`. */
function integrate({ decay, threshold, reset }: Described, currents: number[][]): number[][] {
  const potentials: number[][] = []
  for (const current of currents) {
    const before = potentials.at(-1)
    potentials.push(
      current.map((input, n) => {
        const u = before?.[n] ?? 0
        const spike = u >= threshold! ? 1 : 0
        const left = reset === 'zero' ? decay! * u * (1 - spike) : decay! * u - threshold! * spike
        return left + input
      }),
    )
  }
  return potentials
}

function read(described: Described, spikes: number[][], { weight, bias }: Layer<number[][]>) {
  const { steps: count, decay } = { ...described, steps: spikes.length }
  if (described.readout === 'spike-count') {
    const mean = spikes[0]!.map((_, n) => spikes.reduce((sum, step) => sum + step[n]!, 0) / count)
    return apply(mean, weight, bias)
  }
  let potential = bias.map(() => 0)
  const sum = bias.map(() => 0)
  for (const step of spikes) {
    const current = apply(step, weight, bias)
    potential = potential.map((u, o) => decay! * u + current[o]!)
    potential.forEach((u, o) => {
      sum[o]! += u / count
    })
  }
  return sum
}

const slopes: Readonly<Record<Surrogate, (x: number) => number>> = {
  atan: x => 1 / (1 + (Math.PI * x) ** 2),
  'fast-sigmoid': x => 1 / (1 + 10 * Math.abs(x)) ** 2,
  triangular: x => Math.max(0, 1 - Math.abs(x)),
  heaviside: () => 0,
}

/**
 * Gradient of the sum of logits times `dy` for every parameter of a dense spiking network: by
 * backpropagation through time, written out.
 */
export function referenceGradients(
  described: Described & { readonly surrogate: Surrogate },
  parameters: Parameters,
  x: tf.Tensor,
  dy: tf.Tensor,
): Record<string, tf.Tensor> {
  const layers = layersOf(described, parameters) as Layer<number[][]>[]
  const sums = layers.map(({ weight, bias }) => ({
    weight: weight.map(row => row.map(() => 0)),
    bias: bias.map(() => 0),
  }))
  const images = x.arraySync() as Image[]
  const outer = dy.arraySync() as number[][]
  images.forEach((image, example) => {
    backward(described, layers, image, outer[example]!, sums)
  })
  return Object.fromEntries(
    layers.flatMap(({ name }, at) => [
      [`${name}/weight`, tf.tensor2d(sums[at]!.weight)],
      [`${name}/bias`, tf.tensor1d(sums[at]!.bias)],
    ]),
  )
}

function backward(
  described: Described & { readonly surrogate: Surrogate },
  layers: readonly Layer<number[][]>[],
  image: Image,
  dy: number[],
  sums: readonly { readonly weight: number[][]; readonly bias: number[] }[],
): void {
  const { steps = 5, decay, threshold, reset, readout, surrogate } = described
  const spikes: number[][][] = [Array.from({ length: steps }, () => flatten(image))]
  const potentials: number[][][] = []
  for (const { weight, bias } of layers.slice(0, -1)) {
    const currents = spikes.at(-1)!.map(input => apply(input, weight, bias))
    potentials.push(integrate(described, currents))
    spikes.push(fire(described, currents))
  }
  // What each step's current of the readout adds to a logit. A count takes equal shares, which sum
  // to one, so that its bias counts once.
  const share = Array.from({ length: steps }, (_, t) => {
    if (readout === 'spike-count') return 1 / steps
    let sum = 0
    for (let later = t; later < steps; later++) sum += decay! ** (later - t)
    return sum / steps
  })
  let delta = share.map(part => dy.map(value => value * part))
  for (let at = layers.length - 1; at >= 0; at--) {
    const { weight } = layers[at]!
    delta.forEach((step, t) => {
      step.forEach((d, o) => {
        spikes[at]![t]!.forEach((value, i) => {
          sums[at]!.weight[i]![o]! += value * d
        })
        sums[at]!.bias[o]! += d
      })
    })
    if (at === 0) return
    const bySpike = delta.map(step =>
      weight.map(row => row.reduce((sum, w, o) => sum + w * step[o]!, 0)),
    )
    const u = potentials[at - 1]!
    const byCurrent: number[][] = bySpike.map(step => step.map(() => 0))
    for (let t = steps - 1; t >= 0; t--) {
      for (let n = 0; n < u[t]!.length; n++) {
        const next = byCurrent[t + 1]?.[n] ?? 0
        const [potential, slope] = [u[t]![n]!, slopes[surrogate](u[t]![n]! - threshold!)]
        const spike = potential >= threshold! ? 1 : 0
        const bySpikeHere =
          bySpike[t]![n]! - next * (reset === 'zero' ? decay! * potential : threshold!)
        const kept = reset === 'zero' ? decay! * (1 - spike) : decay!
        byCurrent[t]![n] = bySpikeHere * slope + kept * next
      }
    }
    delta = byCurrent
  }
}
