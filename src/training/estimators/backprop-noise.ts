import type { Network, Parameters, Prefix } from '../../../models/network.ts'
import { type Surrogate, withSurrogate } from '../../../models/surrogate.ts'
import { tf } from '../../engine/tf.ts'
import { tidied } from '../../engine/tidied.ts'
import { crossEntropy, type Loss } from '../loss.ts'
import type { SiteEstimator, Targets } from './estimator.ts'
import { objective } from './objective.ts'
import { siteBySite } from './site-by-site.ts'
import { atSite, drawn, type Injection, sigmaAt } from './smoothing.ts'

/**
 * Backpropagation through the noise that the likelihood-ratio estimator injects: the pathwise
 * gradient of the very same objective, one noisy site at a time. It is the control that tells the
 * estimator's effect from the noise's.
 *
 * @param surrogate as of `backprop`
 */
export function backpropNoise(
  options: Injection,
  loss: Loss = crossEntropy,
  surrogate?: Surrogate,
): SiteEstimator {
  const copiesAt = (site: { readonly index: number }) => atSite(options.copies, site)
  return siteBySite(loss, copiesAt, (network, parameters, prefix, targets, noise) =>
    tidied(() => {
      const { site, preactivation } = prefix
      const copies = copiesAt(site)
      const [units = 1] = preactivation.shape
      const extent = { vectors: copies, units, dimensions: preactivation.size / units }
      const draw = drawn(options.noise, site.name, extent, noise)
      const values = draw(new Float32Array(copies * preactivation.size), 0)
      const epsilon = tf.tensor(values, [copies, ...preactivation.shape])
      const perturbation = tf.mul(epsilon, sigmaAt(options, site, noise))
      const differentiable = withSurrogate(network, surrogate)
      const pass = pathwise(differentiable, parameters, prefix, targets, loss, perturbation)
      const delta = tf.div(pass.delta, copies)
      return site.feedback
        ? network.localGradient(prefix, delta, pass.trajectory)
        : network.localGradient(prefix, tf.sum(delta, 0))
    }),
  )
}

/** The gradient of every copy's objective for its perturbation, and what its feedback saw. */
function pathwise(
  network: Network,
  parameters: Parameters,
  prefix: Prefix,
  targets: Targets,
  loss: Loss,
  perturbation: tf.Tensor,
): { readonly delta: tf.Tensor; readonly trajectory: readonly tf.Tensor[] } {
  let trajectory: readonly tf.Tensor[] = []
  const delta = tf.grad(noisy => {
    const resumed = network.resume(parameters, prefix, noisy)
    trajectory = resumed.trajectory.map(tensor => tf.keep(tf.clone(tensor)))
    return objective(loss, resumed.logits, targets)
  })(perturbation)
  const owned = trajectory.map(tensor => tf.clone(tensor))
  tf.dispose([...trajectory])
  return { delta, trajectory: owned }
}
