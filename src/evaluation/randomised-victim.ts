import type { Victim } from '../../attacks/victim.ts'
import type { Network, Parameters, Site } from '../../models/network.ts'
import { tf } from '../engine/tf.ts'
import type { NoiseOptions } from '../random/noise-vectors.ts'
import { stream } from '../random/stream.ts'
import type { Noise } from '../training/estimators/estimator.ts'
import { noisyPass } from '../training/estimators/noisy-pass.ts'
import { atSite, drawn, type PerSite } from '../training/estimators/smoothing.ts'
import { differentiableVictim } from './differentiable-victim.ts'
import { withSurrogates } from './with-surrogates.ts'

/** The noise that training injects, kept at inference. */
export interface InferenceNoise {
  readonly kind: NoiseOptions['kind']
  /** Standard deviation at all sites, or at each in their order; zero leaves a site without. */
  readonly sigma: PerSite<number>
  /** Whether the network's own randomness (dropout, Poisson spikes) is drawn as well. */
  readonly own?: boolean
}

/**
 * A trained network that adds noise to the pre-activations of its sites in every pass: every call
 * and every row of a batch draws afresh. A gradient is that of the pass it belongs to.
 *
 * What it answers depends on the seed and the purpose, on how many calls came before and on an example's row, so
 * results repeat from a victim made anew, in the same batches.
 *
 * @throws RangeError where there is not one sigma for every site
 */
export function randomisedVictim(
  network: Network,
  parameters: Parameters,
  noise: InferenceNoise,
  seed: number,
  ...purpose: readonly string[]
): Victim {
  const { sigma } = noise
  if (typeof sigma === 'object' && sigma.length !== network.sites.length) {
    throw new RangeError(
      `invalid sigma: ${sigma.length} values (the network has ${network.sites.length} sites)`,
    )
  }
  let calls = 0
  const logits = (x: tf.Tensor) => {
    const call = calls++
    const source: Noise = {
      epoch: 0,
      stream: (...path) => stream(seed, 'inference', ...purpose, call, ...path),
    }
    const own = noise.own ? network.drawn?.(name => source.stream('network', name)) : undefined
    const passing = own ?? network
    const entrance = passing.enter(parameters, x)
    const [units = 1] = entrance.preactivation.shape
    const perturbations = passing.sites.map(site => perturbation(noise, site, units, source))
    return noisyPass(passing, parameters, entrance, perturbations).logits
  }
  return withSurrogates(differentiableVictim(logits, network), network, (other, surrogate) =>
    randomisedVictim(other, parameters, noise, seed, ...purpose, surrogate),
  )
}

/** One copy of noise for a site, `[1, units, ...site.shape]`. */
function perturbation(
  { kind, sigma }: InferenceNoise,
  site: Site,
  units: number,
  source: Noise,
): tf.Tensor {
  const shape = [1, units, ...site.shape]
  const deviation = atSite(sigma, site)
  if (deviation === 0) return tf.zeros(shape)
  const dimensions = tf.util.sizeFromShape([...site.shape])
  const extent = { vectors: 1, units, dimensions }
  const values = drawn({ kind, sequence: 'random' }, site.name, extent, source)
  return tf.mul(tf.tensor(values(new Float32Array(units * dimensions), 0), shape), deviation)
}
