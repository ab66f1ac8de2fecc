import { tf } from '../../engine/tf.ts'
import { tidied } from '../../engine/tidied.ts'
import type { NoiseOptions } from '../../random/noise-vectors.ts'
import type { Noise } from './estimator.ts'
import { defaultChunkValues, drawn, score, type Weighing, weighted } from './smoothing.ts'

export interface ScoreFunctionOptions extends Weighing {
  readonly copies: number
  readonly sigma: number
  readonly noise: NoiseOptions
}

/** What is perturbed. */
export interface Perturbed {
  /** Names the noise. */
  readonly name: string
  /** Losses that each have noise of their own: the examples of a batch, or one for all of it. */
  readonly units: number
  /** Shapes of the tensors that a unit's noise is added to. */
  readonly shapes: readonly (readonly number[])[]
  /** Values that one copy keeps in memory, where these are more than its noise. */
  readonly footprint?: number
  /**
   * Losses `[copies, units]` with these perturbations added, each `[copies, units, ...shape]`.
   */
  losses(perturbations: readonly tf.Tensor[]): tf.Tensor
}

/** Passes that `scoreFunction` makes beside its copies. */
export function extraPasses({ antithetic, baseline }: Weighing): number {
  return !antithetic && baseline === 'clean' ? 1 : 0
}

/**
 * Gradient of the smoothed loss `E[L(σ ε)]` of every unit with respect to a shift, from values of
 * the loss alone; s is the score of the noise law, which for Gaussian noise is ε.
 *
 *     (1/K) Σ_pairs (L⁺ − L⁻) s(ε) / σ                 antithetic; a baseline would cancel
 *     (1/K) Σ_copies (L − b) s(ε) / σ                  b = 0 or the clean loss
 *     1/(K−1) Σ_copies (L − mean L) s(ε) / σ           leave-one-out
 *
 * @returns a tensor `[units, ...shape]` for every shape; they belong to the caller
 * @see Glynn, "Likelihood ratio gradient estimation for stochastic systems", 1990
 * @see leave-one-out: Kool et al., "Buy 4 REINFORCE samples, get a baseline for free!", 2019
 */
export function scoreFunction(
  options: ScoreFunctionOptions,
  perturbed: Perturbed,
  noise: Noise,
): tf.Tensor[] {
  const { copies, sigma, antithetic, baseline } = options
  const { units, shapes } = perturbed
  const vectors = antithetic ? copies / 2 : copies
  const alone = !antithetic && baseline === 'leave-one-out'
  const dimensions = shapes.reduce((sum, shape) => sum + tf.util.sizeFromShape([...shape]), 0)
  const extent = { vectors, units, dimensions }
  const draw = drawn(options.noise, perturbed.name, extent, noise)
  const footprint = Math.max(units * dimensions, perturbed.footprint ?? 0)
  const { chunkValues = defaultChunkValues } = options
  const perChunk = Math.max(1, Math.floor(chunkValues / footprint))
  return tidied(() => {
    const clean = extraPasses(options)
      ? perturbed.losses(shapes.map(shape => tf.zeros([1, units, ...shape])))
      : undefined
    let totals: Sums | undefined
    for (let first = 0; first < vectors; first += perChunk) {
      const count = Math.min(perChunk, vectors - first)
      const values = draw(new Float32Array(count * units * dimensions), first)
      const before = totals
      totals = tidied(() => {
        const epsilon = parts(values, count, units, shapes)
        const scores = epsilon.map(part => score(options.noise.kind, part))
        const scaled = epsilon.map(part => tf.mul(part, sigma))
        const weight = antithetic
          ? pairDifferences(perturbed, scaled)
          : tf.sub(perturbed.losses(scaled), clean ?? 0)
        const now: Sums = {
          weighted: scores.map(part => tf.sum(weighted(weight, part), 0)),
          scores: alone ? scores.map(part => tf.sum(part, 0)) : [],
          weight: tf.sum(weight, 0),
        }
        return before ? added(before, now) : now
      })
      if (before) tf.dispose([...before.weighted, ...before.scores, before.weight])
    }
    const { weighted: sums, scores, weight } = totals!
    if (!alone) return sums.map(sum => tf.div(sum, sigma * copies))
    const mean = tf.div(weight, copies)
    return sums.map((sum, at) =>
      tf.div(tf.sub(sum, weighted(mean, scores[at]!)), sigma * (copies - 1)),
    )
  })
}

/** Sums over the copies so far: of weight · score, of the scores, and of the weights. */
interface Sums {
  readonly weighted: readonly tf.Tensor[]
  readonly scores: readonly tf.Tensor[]
  readonly weight: tf.Tensor
}

function added(a: Sums, b: Sums): Sums {
  return {
    weighted: a.weighted.map((part, at) => tf.add(part, b.weighted[at]!)),
    scores: a.scores.map((part, at) => tf.add(part, b.scores[at]!)),
    weight: tf.add(a.weight, b.weight),
  }
}

/** L⁺ − L⁻, `[pairs, units]`. */
function pairDifferences({ losses }: Perturbed, scaled: readonly tf.Tensor[]): tf.Tensor {
  const both = losses(scaled.map(part => tf.concat([part, tf.neg(part)])))
  const pairs = both.shape[0]! / 2
  const [plus, minus] = tf.split(both, [pairs, pairs]) as [tf.Tensor, tf.Tensor]
  return tf.sub(plus, minus)
}

/** The rows of `values`, a unit of a copy each, cut into tensors `[count, units, ...shape]`. */
function parts(
  values: Float32Array,
  count: number,
  units: number,
  shapes: Perturbed['shapes'],
): tf.Tensor[] {
  const rows = count * units
  const length = values.length / rows
  let offset = 0
  return shapes.map(shape => {
    const full = [count, units, ...shape]
    const size = tf.util.sizeFromShape([...shape])
    if (size === length) return tf.tensor(values, full)
    const own = new Float32Array(rows * size)
    for (let row = 0; row < rows; row++) {
      const start = row * length + offset
      own.set(values.subarray(start, start + size), row * size)
    }
    offset += size
    return tf.tensor(own, full)
  })
}
