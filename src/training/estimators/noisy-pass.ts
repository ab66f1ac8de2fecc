import type { Network, Parameters, Prefix } from '../../../models/network.ts'
import { tf } from '../../engine/tf.ts'
import { zeroCopy } from './site-by-site.ts'

/** A pass of copies with noise at every site. */
export interface NoisyPass {
  /** Every site with its noisy pre-activation and what entered it, `[copies · units, ...]`. */
  readonly prefixes: readonly Prefix[]
  /** `[copies · outputs, classes]` */
  readonly logits: tf.Tensor2D
}

/**
 * Runs copies with noise on the pre-activations of all sites at once.
 *
 * @param entrance the clean prefix of the first site
 * @param perturbations of every site, `[copies, units, ...site.shape]`
 */
export function noisyPass(
  network: Network,
  parameters: Parameters,
  entrance: Prefix,
  perturbations: readonly tf.Tensor[],
): NoisyPass {
  const prefixes: Prefix[] = []
  let prefix = network.copied(entrance, perturbations[0]!.shape[0]!)
  for (const { index } of network.sites) {
    const { preactivation } = prefix
    const perturbation = tf.reshape(perturbations[index]!, preactivation.shape)
    const noisy: Prefix = { ...prefix, preactivation: tf.add(preactivation, perturbation) }
    prefixes.push(noisy)
    prefix = index < network.sites.length - 1 ? network.advance(parameters, noisy) : noisy
  }
  return { prefixes, logits: network.resume(parameters, prefix, zeroCopy(prefix)).logits }
}

/** The clean prefixes of all sites. */
export function cleanPass(network: Network, parameters: Parameters, x: tf.Tensor): Prefix[] {
  const prefixes = [network.enter(parameters, x)]
  while (prefixes.length < network.sites.length) {
    prefixes.push(network.advance(parameters, prefixes.at(-1)!))
  }
  return prefixes
}
