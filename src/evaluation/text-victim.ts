import type { TextVictim } from '../../attacks/text/text-victim.ts'
import type { Network, Parameters } from '../../models/network.ts'
import { tf } from '../engine/tf.ts'
import { UsageError } from '../errors.ts'
import { differentiatedLoss } from './differentiated-loss.ts'

/**
 * A trained text classifier, without noise, as an attack sees it. The change of an embedding enters
 * where noise would: it is added to the pre-activation of the first site.
 *
 * @param vocabulary token of each id
 * @throws UsageError for a network that does not begin with an embedding
 */
export function networkTextVictim(
  network: Network,
  parameters: Parameters,
  vocabulary: readonly string[],
): TextVictim {
  const first = network.sites[0]!
  if (first.kind !== 'embedding') {
    throw new UsageError('invalid victim: a text attack needs a network that embeds tokens')
  }
  const changed = (tokens: tf.Tensor2D, change: tf.Tensor): tf.Tensor2D =>
    tf.tidy(() => {
      const prefix = network.enter(parameters, tokens)
      return network.resume(parameters, prefix, tf.expandDims(change, 0)).logits
    })
  return {
    classes: network.classes,
    length: network.inputShape[0]!,
    vocabulary,
    logits: tokens => network.logits(parameters, tokens),
    embedding: {
      matrix: parameters[first.parameters[0]!] as tf.Tensor2D,
      logits: changed,
      lossGradient: (tokens, change, loss) =>
        differentiatedLoss(input => changed(tokens, input), change, loss),
    },
  }
}
