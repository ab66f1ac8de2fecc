import type { Network, Parameters, Prefix, Site } from '../../models/network.ts'
import { tf } from '../engine/tf.ts'
import { tidied } from '../engine/tidied.ts'
import { stream } from '../random/stream.ts'
import type { Batch, Noise } from '../training/estimators/estimator.ts'
import { type LikelihoodRatioOptions, logitShift } from '../training/estimators/likelihood-ratio.ts'
import { objective } from '../training/estimators/objective.ts'
import { disposePrefix } from '../training/estimators/site-by-site.ts'
import type { Loss } from '../training/loss.ts'
import type { Progress } from '../training/train.ts'

/**
 * Sizes of the gradient of an example's loss for the pre-activation of one site at one step: roots
 * of the mean over the examples of the squared Euclidean norm.
 */
export interface StepNorm {
  readonly site: Site
  /** From 0. */
  readonly step: number
  /** By backpropagation. */
  readonly backprop: number
  /** Of one estimate, its noise included. */
  readonly estimate: number
  /**
   * Of what the estimates have in common: the root of the mean product of two independent means,
   * which is free of their noise. Null where that product is negative, so nothing but noise is seen.
   */
  readonly signal: number | null
}

export interface StepRequest {
  readonly network: Network
  readonly parameters: Parameters
  /** Stays with the caller. */
  readonly batch: Batch
  /** Copies and noise of the likelihood-ratio estimates. */
  readonly estimator: LikelihoodRatioOptions
  readonly loss: Loss
  /** Independent estimates, even. */
  readonly repeats: number
  readonly seed: number
  readonly onProgress?: Progress
}

/** How gradients shrink or grow through the steps of a network's recurrent sites. */
export async function stepNorms(request: StepRequest): Promise<StepNorm[]> {
  const { network, parameters, batch } = request
  const norms: StepNorm[] = []
  let prefix = network.enter(parameters, batch.x)
  for (const { index, feedback } of network.sites) {
    if (feedback) norms.push(...(await siteNorms(request, prefix)))
    if (index < network.sites.length - 1) {
      const next = network.advance(parameters, prefix)
      disposePrefix(prefix)
      prefix = next
    }
  }
  disposePrefix(prefix)
  return norms
}

async function siteNorms(request: StepRequest, prefix: Prefix): Promise<StepNorm[]> {
  const { network, parameters, batch, loss, estimator, repeats, seed } = request
  const { site } = prefix
  const exact = tf.tidy(() =>
    tf.grad(noise => objective(loss, network.resume(parameters, prefix, noise).logits, batch))(
      tf.zeros([1, ...prefix.preactivation.shape]),
    ),
  )
  const backprop = squares(prefix, exact, exact)
  exact.dispose()
  const halves: (tf.Tensor | undefined)[] = [undefined, undefined]
  const single = new Float64Array(backprop.length)
  for (let repeat = 0; repeat < repeats; repeat++) {
    const noise: Noise = {
      epoch: 0,
      stream: (...path) => stream(seed, 'steps', repeat, ...path),
    }
    const shift = tidied(() =>
      logitShift(estimator, loss, { network, parameters, prefix, targets: batch, noise }),
    )
    squares(prefix, shift, shift).forEach((value, step) => {
      single[step]! += value / repeats
    })
    const before = halves[repeat % 2]
    halves[repeat % 2] = before ? tf.add(before, shift) : tf.clone(shift)
    tf.dispose([shift, ...(before ? [before] : [])])
    await request.onProgress?.((site.index + (repeat + 1) / repeats) / network.sites.length)
  }
  const [a, b] = halves as [tf.Tensor, tf.Tensor]
  const common = squares(prefix, a, b).map(value => value / (repeats / 2) ** 2)
  tf.dispose([a, b])
  return Array.from(backprop, (square, step) => ({
    site,
    step,
    backprop: Math.sqrt(square),
    estimate: Math.sqrt(single[step]!),
    signal: common[step]! < 0 ? null : Math.sqrt(common[step]!),
  }))
}

/**
 * Mean over the examples of the product of two gradients of their losses, by step.
 *
 * @param a of the mean loss, `[examples, steps, width]`
 */
function squares({ preactivation, site }: Prefix, a: tf.Tensor, b: tf.Tensor): Float64Array {
  const [examples = 1, steps = 1] = preactivation.shape
  const shape = [examples, steps, ...site.shape.slice(1)]
  const values = tf.tidy(() => {
    const products = tf.mul(tf.reshape(a, shape), tf.reshape(b, shape))
    return tf.sum(tf.reshape(products, [examples, steps, -1]), [0, 2]).dataSync()
  })
  return Float64Array.from(values, value => value * examples)
}
