import type { Network, Prefix } from '../../../models/network.ts'
import { tf } from '../../engine/tf.ts'
import type { Loss } from '../loss.ts'
import type { Targets } from './estimator.ts'
import type { Weighing } from './smoothing.ts'

/** What every output adds to the objective, `[copies, outputs]`. */
export function weightedLosses(loss: Loss, logits: tf.Tensor2D, targets: Targets): tf.Tensor2D {
  return tf.tidy(() => {
    const { labels, weights } = targets
    const losses = loss(logits, labels)
    return weights ? tf.mul(losses, weights) : tf.div(losses, labels.shape[0])
  })
}

/** The objective of every copy, `[copies]`. */
export function objectives(loss: Loss, logits: tf.Tensor2D, targets: Targets): tf.Tensor1D {
  return tf.tidy(() => tf.sum(weightedLosses(loss, logits, targets), 1))
}

/** The objective of one pass. */
export function objective(loss: Loss, logits: tf.Tensor2D, targets: Targets): tf.Scalar {
  return tf.tidy(() => tf.sum(weightedLosses(loss, logits, targets)))
}

/** What the noise at a site answers for, given what every output adds, `[copies, outputs]`. */
export function creditOf(
  { network, prefix }: { readonly network: Network; readonly prefix: Prefix },
  losses: tf.Tensor2D,
  { localCredit = true }: Pick<Weighing, 'localCredit'>,
): tf.Tensor {
  return localCredit ? network.credit(prefix, losses) : tf.sum(losses, 1, true)
}
