import { z } from 'zod'
import type { tf } from '../src/engine/tf.ts'
import { UsageError } from '../src/errors.ts'
import type { AttackRandom } from './attack-random.ts'
import type { Observer } from './observer.ts'
import type { Capability, Victim } from './victim.ts'

/** The ball in which an adversarial example may lie. */
export type Norm = 'linf' | 'l2' | 'l1'

/** A norm as it is written in a plan. */
export const normSchema = z.enum(['linf', 'l2', 'l1']).default('linf')

/** What an attack hands back; whoever called it clips, re-verifies and judges. */
export interface Crafted {
  /** Shape of `x`; belongs to the caller. */
  readonly adversarial: tf.Tensor
  /** Model calls spent on each example, `[batch]`. */
  readonly queries: Float32Array
  /** Of a composed attack: the part that broke each example, `[batch]`; null where none did. */
  readonly brokenBy?: readonly (string | null)[]
}

/** An attack with all its hyper-parameters: a row in the database describes it fully. */
export interface Attack {
  readonly name: string
  readonly norm: Norm
  /** Radius of the ball, in units of the input. */
  readonly epsilon: number
  /** Name and every hyper-parameter. */
  readonly config: Readonly<Record<string, unknown>>
  /** Of a composed attack: its parts, in the order in which they run. */
  readonly parts?: readonly string[]
  /** What the victim must offer. */
  readonly requires: readonly Capability[]
  /**
   * Looks for inputs near `x` that the victim does not classify as `labels`.
   *
   * @param x `[batch, ...]` within the victim's bounds
   * @param labels `[batch]`, int32: the true classes
   * @param random numbers that belong to each example, wherever it stands in a batch
   * @param observer is shown the iterations of an attack that has a loss and raises it step by step
   */
  run(
    victim: Victim,
    x: tf.Tensor,
    labels: tf.Tensor1D,
    random: AttackRandom,
    observer?: Observer,
  ): Crafted
}

/** Refuses a victim that lacks what the attack needs, before any work. */
export function requireCapabilities(attack: Attack, victim: Victim): void {
  const missing = attack.requires.filter(need => !victim.capabilities.includes(need))
  if (missing.length > 0) {
    throw new UsageError(
      `invalid victim: attack ${attack.name} needs ${missing.join(', ')}, which this model lacks`,
    )
  }
}
