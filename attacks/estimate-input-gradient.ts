import { tf } from '../src/engine/tf.ts'
import type { AttackRandom } from './attack-random.ts'
import { logitsOf, passValues, sizeOf } from './scores.ts'
import type { AttackLoss, Victim } from './victim.ts'

/** How an input gradient is estimated from scores alone. */
export interface InputGradientOptions {
  /** Law of the noise, of mean zero and variance one. */
  readonly law: 'gaussian' | 'rademacher'
  /** Noisy inputs for each example; even with antithetic pairs. */
  readonly samples: number
  /** Standard deviation of the noise, in units of the input. */
  readonly sigma: number
  /** Pairs of opposite noise; else independent noise, and losses less the clean one. */
  readonly antithetic: boolean
}

/** Where a gradient is wanted. */
export interface InputGradientRequest {
  readonly victim: Victim
  /** `[batch, ...]` */
  readonly x: tf.Tensor
  /** `[batch]`, int32 */
  readonly labels: tf.Tensor1D
  /** The loss that goes with labels, e.g. `crossEntropy`; needs no derivative. */
  readonly loss: (labels: tf.Tensor1D) => AttackLoss
  readonly random: AttackRandom
  /** Tells estimates apart, e.g. the step of an attack. */
  readonly round: number
}

/**
 * The gradient of every example's loss with respect to its input, estimated by the likelihood-ratio
 * (score-function) method: the mean of loss times noise,
 *
 *     g = 1/(nσ) Σ L(x + σ ε) ε              with L(x) subtracted from the losses, or
 *     g = 1/(nσ) Σ (L(x + σ ε) − L(x − σ ε)) ε    over n / 2 pairs.
 *
 * Gaussian noise makes it an unbiased estimate of the gradient of `E L(x + σ ε)`, which is that of
 * `L` itself up to quadratic losses; Rademacher noise makes it the simultaneous perturbation (SPSA).
 * Noisy inputs may leave the box. A loss that is not a number counts as zero.
 *
 * @returns shape of `x`; belongs to the caller
 * @throws RangeError for an odd number of samples in pairs
 * @see likelihood-ratio method: arXiv 2305.08960; antithetic form: Salimans et al., 2017
 */
export function estimateInputGradient(
  request: InputGradientRequest,
  options: InputGradientOptions,
): tf.Tensor {
  const { x } = request
  const { samples, antithetic } = options
  if (antithetic && samples % 2 !== 0) {
    throw new RangeError(`invalid samples: ${samples} (antithetic pairs need an even number)`)
  }
  const shape = x.shape.slice(1)
  const size = sizeOf(shape)
  const inputs = x.dataSync() as Float32Array
  const labels = Array.from(request.labels.dataSync())
  const gradient = new Float32Array(x.size)
  const together = Math.max(1, Math.floor(passValues / (size * samples)))
  for (let first = 0; first < labels.length; first += together) {
    const last = Math.min(first + together, labels.length)
    const part: Part = {
      inputs: inputs.subarray(first * size, last * size),
      labels: labels.slice(first, last),
      random: request.random.rows(Array.from({ length: last - first }, (_, at) => first + at)),
      gradient: gradient.subarray(first * size, last * size),
      shape,
    }
    estimatePart(request, options, part)
  }
  return tf.tensor(gradient, x.shape)
}

/** Calls of the victim for one example's estimate. */
export function queriesOf({ samples, antithetic }: InputGradientOptions): number {
  return antithetic ? samples : samples + 1
}

/** Some examples of a batch. */
interface Part {
  readonly inputs: Float32Array
  readonly labels: readonly number[]
  readonly random: AttackRandom
  /** Filled by the estimate. */
  readonly gradient: Float32Array
  readonly shape: readonly number[]
}

function estimatePart(
  request: InputGradientRequest,
  { law, samples, sigma, antithetic }: InputGradientOptions,
  { inputs, labels, random, gradient, shape }: Part,
): void {
  const size = sizeOf(shape)
  const draws = antithetic ? samples / 2 : samples
  const noise = drawNoise(law, random, request.round, draws * size)
  const moved = (sign: number) => {
    const noisy = new Float32Array(noise.length)
    for (let draw = 0; draw < noise.length / size; draw++) {
      const example = Math.floor(draw / draws)
      for (let at = 0; at < size; at++) {
        const value = noise[draw * size + at]!
        noisy[draw * size + at] = inputs[example * size + at]! + sign * sigma * value
      }
    }
    return lossesOf(request, noisy, shape, labels, draws)
  }
  const plus = moved(1)
  const minus = antithetic ? moved(-1) : lossesOf(request, inputs, shape, labels, 1)
  for (let draw = 0; draw < plus.length; draw++) {
    const example = Math.floor(draw / draws)
    const weight = (plus[draw]! - minus[antithetic ? draw : example]!) / (sigma * samples)
    if (!Number.isFinite(weight)) continue
    for (let at = 0; at < size; at++) {
      gradient[example * size + at]! += weight * noise[draw * size + at]!
    }
  }
}

/** Losses of inputs, `each` of them for every label. */
function lossesOf(
  { victim, loss }: InputGradientRequest,
  inputs: Float32Array,
  shape: readonly number[],
  labels: readonly number[],
  each: number,
): Float32Array {
  return tf.tidy(() => {
    const repeated = labels.flatMap(label => Array<number>(each).fill(label))
    const logits = logitsOf(victim, inputs, shape)
    return loss(tf.tensor1d(repeated, 'int32'))(logits).dataSync() as Float32Array
  })
}

/** `[batch · size]` numbers of mean zero and variance one. */
function drawNoise(
  law: InputGradientOptions['law'],
  random: AttackRandom,
  round: number,
  size: number,
): Float32Array {
  if (law === 'gaussian') return random.normals('input noise', round, size)
  return random.uniforms('input noise', round, size).map(value => (value < 0.5 ? -1 : 1))
}
