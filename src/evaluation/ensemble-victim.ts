import type { Victim } from '../../attacks/victim.ts'
import type { Network, Parameters } from '../../models/network.ts'
import { tf } from '../engine/tf.ts'
import { differentiableVictim } from './differentiable-victim.ts'

/** A network with its weights. */
export interface Member {
  readonly network: Network
  readonly parameters: Parameters
}

/**
 * Several networks as one source of adversarial examples: its logits are the mean of theirs, so
 * members with larger logits count for more.
 *
 * @see Liu et al., "Delving into transferable adversarial examples and black-box attacks", 2017,
 * who average probabilities; Dong et al., "Boosting adversarial attacks with momentum", 2018, found
 * the mean of the logits to transfer best
 */
export function ensembleVictim(members: readonly Member[]): Victim {
  const mean = (x: tf.Tensor) =>
    tf.tidy(() => {
      const logits = members.map(({ network, parameters }) => network.logits(parameters, x))
      return tf.div(tf.addN(logits), members.length) as tf.Tensor2D
    })
  return differentiableVictim(mean, members[0]!.network)
}
