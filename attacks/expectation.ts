import { tf } from '../src/engine/tf.ts'
import { tidied } from '../src/engine/tidied.ts'
import type { Attack } from './attack.ts'
import type { Victim } from './victim.ts'

/**
 * A randomised victim as it is on average: scores, losses and gradients are means over fresh draws
 * of its randomness ("expectation over transformation", EOT).
 *
 * @param draws passes for every call
 * @see Athalye et al., "Obfuscated gradients give a false sense of security", 2018
 */
export function expectation(victim: Victim, draws: number): Victim {
  const { lossGradient, withSurrogate } = victim
  return {
    ...victim,
    logits: x => mean(draws, () => ({ logits: victim.logits(x) })).logits,
    ...(lossGradient && {
      lossGradient: (x, loss) => mean(draws, () => ({ ...lossGradient(x, loss) })),
    }),
    ...(withSurrogate && {
      withSurrogate: surrogate => expectation(withSurrogate(surrogate), draws),
    }),
  }
}

/** Mean of the tensors that each draw gives by name. */
function mean<Result extends Record<string, tf.Tensor>>(draws: number, draw: () => Result): Result {
  let sums = draw()
  for (let at = 1; at < draws; at++) {
    const [before, more] = [sums, draw()]
    sums = tidied(() => mapped(before, (sum, name) => tf.add(sum, more[name]!)))
    tf.dispose(before)
    tf.dispose(more)
  }
  const total = sums
  const result = tidied(() => mapped(total, sum => tf.div(sum, draws)))
  tf.dispose(total)
  return result
}

function mapped<Result extends Record<string, tf.Tensor>>(
  tensors: Result,
  f: (tensor: tf.Tensor, name: string) => tf.Tensor,
): Result {
  const entries = Object.entries(tensors).map(([name, tensor]) => [name, f(tensor, name)])
  return Object.fromEntries(entries) as Result
}

/**
 * An attack on a randomised victim's average; every draw counts as a query.
 *
 * An attack that stops at its first success stops where the average only just errs, and fresh draws
 * may decide otherwise there: let it take all its steps (`iterate: 'last'` of PGD).
 */
export function overExpectation(attack: Attack, draws: number): Attack {
  return {
    ...attack,
    config: { ...attack.config, draws },
    run(victim, x, labels, random, observer) {
      const crafted = attack.run(expectation(victim, draws), x, labels, random, observer)
      return { ...crafted, queries: crafted.queries.map(count => count * draws) }
    },
  }
}
