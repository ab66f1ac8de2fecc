import { tf } from '../../engine/tf.ts'
import { tidied } from '../../engine/tidied.ts'
import type { NoiseOptions } from '../../random/noise-vectors.ts'
import type { Noise } from './estimator.ts'
import {
  byChannel,
  defaultChunkValues,
  drawn,
  type Sigma,
  scaleScore,
  score,
  type Weighing,
  weighted,
} from './smoothing.ts'

export interface ScoreFunctionOptions extends Weighing {
  readonly copies: number
  /** One for all, or one for every channel, the last axis of what is perturbed. */
  readonly sigma: Sigma
  readonly noise: NoiseOptions
  /** Whether the gradient of log σ is asked for. */
  readonly learnSigma?: boolean
}

/** What is perturbed. */
export interface Perturbed {
  /** Names the noise. */
  readonly name: string
  /** Those that have noise of their own: the examples of a batch, or one for all of it. */
  readonly units: number
  /** Shapes of the tensors that a unit's noise is added to. */
  readonly shapes: readonly (readonly number[])[]
  /** Values that one copy keeps in memory, where these are more than its noise. */
  readonly footprint?: number
  /**
   * What each unit's noise answers for with these perturbations added, each
   * `[copies, units, ...shape]`.
   *
   * @returns `[copies, units]`, or with some axes of the shape behind, or 1 for equal units
   */
  credits(perturbations: readonly tf.Tensor[]): tf.Tensor
}

export interface ScoreFunction {
  /** Gradient with respect to a shift, `[units, ...shape]` for every shape. */
  readonly shifts: readonly tf.Tensor[]
  /** Gradient with respect to log σ, `[channels]`, if it is asked for. */
  readonly scale?: tf.Tensor
}

/** Passes that `scoreFunction` makes beside its copies. */
export function extraPasses({
  antithetic,
  baseline,
  learnSigma = false,
}: Weighing & { readonly learnSigma?: boolean }): number {
  return baseline === 'clean' && (!antithetic || learnSigma) ? 1 : 0
}

/**
 * Gradient of the smoothed credit `E[C(σ ε)]` of every unit with respect to a shift, from values
 * alone; s is the score of the noise law, which for Gaussian noise is ε.
 *
 *     (1/K) Σ_pairs (C⁺ − C⁻) s(ε) / σ                 antithetic; a baseline would cancel
 *     (1/K) Σ_copies (C − b) s(ε) / σ                  b = 0 or that of the clean pass
 *     1/(K−1) Σ_copies (C − mean C) s(ε) / σ           leave-one-out
 *
 * With respect to log σ, `(C − b)(ε s(ε) − 1)` takes the place of `(C − b) s(ε) / σ`.
 *
 * @returns tensors that belong to the caller
 * @see Glynn, "Likelihood ratio gradient estimation for stochastic systems", 1990
 * @see leave-one-out: Kool et al., "Buy 4 REINFORCE samples, get a baseline for free!", 2019
 */
export function scoreFunction(
  options: ScoreFunctionOptions,
  perturbed: Perturbed,
  noise: Noise,
): ScoreFunction {
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
  const { kind } = options.noise
  return tidied(() => {
    const clean = extraPasses(options)
      ? perturbed.credits(shapes.map(shape => tf.zeros([1, units, ...shape])))
      : tf.scalar(0)
    let totals: Sums | undefined
    for (let first = 0; first < vectors; first += perChunk) {
      const count = Math.min(perChunk, vectors - first)
      const values = draw(new Float32Array(count * units * dimensions), first)
      const before = totals
      totals = tidied(() => {
        const epsilon = parts(values, count, units, shapes)
        const scores = epsilon.map(part => score(kind, part))
        const scaled = epsilon.map(part => tf.mul(part, sigma))
        const { shift, size } = antithetic
          ? pairCredits(perturbed, scaled, clean)
          : singleCredits(perturbed, scaled, clean)
        const now: Sums = {
          weighted: scores.map(part => tf.sum(weighted(shift, part), 0)),
          scores: alone ? scores.map(part => tf.sum(part, 0)) : [],
          credit: tf.sum(shift, 0),
          scales: options.learnSigma
            ? epsilon.map(part => byChannel(weighted(size, scaleScore(kind, part))))
            : [],
        }
        return before ? added(before, now) : now
      })
      if (before) tf.dispose(before as unknown as tf.TensorContainerObject)
    }
    const { weighted: sums, scores, credit, scales } = totals!
    const scale = scales.length > 0 ? { scale: tf.div(tf.addN([...scales]), copies) } : {}
    if (!alone) return { shifts: sums.map(sum => tf.div(sum, tf.mul(sigma, copies))), ...scale }
    const mean = tf.div(credit, copies)
    const shifts = sums.map((sum, at) =>
      tf.div(tf.sub(sum, weighted(mean, scores[at]!)), tf.mul(sigma, copies - 1)),
    )
    return { shifts, ...scale }
  })
}

/** Sums over the copies so far: of credit · score, of the scores, of the credits, and for log σ. */
interface Sums {
  readonly weighted: readonly tf.Tensor[]
  readonly scores: readonly tf.Tensor[]
  readonly credit: tf.Tensor
  readonly scales: readonly tf.Tensor[]
}

function added(a: Sums, b: Sums): Sums {
  const both = (x: readonly tf.Tensor[], y: readonly tf.Tensor[]) =>
    x.map((part, at) => tf.add(part, y[at]!))
  return {
    weighted: both(a.weighted, b.weighted),
    scores: both(a.scores, b.scores),
    credit: tf.add(a.credit, b.credit),
    scales: both(a.scales, b.scales),
  }
}

/** What weighs the scores of a shift and of the size of the noise. */
interface Credits {
  readonly shift: tf.Tensor
  readonly size: tf.Tensor
}

function singleCredits(
  { credits }: Perturbed,
  scaled: readonly tf.Tensor[],
  clean: tf.Tensor,
): Credits {
  const both = tf.sub(credits(scaled), clean)
  return { shift: both, size: both }
}

/** C⁺ − C⁻ and C⁺ + C⁻ − 2b of every pair. */
function pairCredits(
  { credits }: Perturbed,
  scaled: readonly tf.Tensor[],
  clean: tf.Tensor,
): Credits {
  const both = credits(scaled.map(part => tf.concat([part, tf.neg(part)])))
  const pairs = both.shape[0]! / 2
  const [plus, minus] = tf.split(both, [pairs, pairs]) as [tf.Tensor, tf.Tensor]
  return {
    shift: tf.sub(plus, minus),
    size: tf.sub(tf.add(plus, minus), tf.mul(clean, 2)),
  }
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
