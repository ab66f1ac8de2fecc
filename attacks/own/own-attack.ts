import type { z } from 'zod'
import type { tf } from '../../src/engine/tf.ts'
import type { Norm } from '../attack.ts'
import type { AttackRandom } from '../attack-random.ts'
import type { Capability, Victim } from '../victim.ts'

/** Options of a user's attack, all filled in; what it has besides is its own affair. */
export interface OwnAttackOptions {
  /** No attack of Gauntlet's has it. */
  readonly name: string
  readonly norm: Norm
  /** SHA-256 of its code: a changed attack is another attack. */
  readonly sha256: string
}

/** Whether these are options of a user's attack. */
export function isOwn(options: object): options is OwnAttackOptions {
  return 'sha256' in options
}

/** What a user's attack hands back: its examples, alone or with what they cost. */
export type OwnCrafted =
  | tf.Tensor
  | {
      /** Shape of `x`. */
      readonly adversarial: tf.Tensor
      /** Model calls spent on each example, `[batch]`; counted by Gauntlet when left out. */
      readonly queries?: ArrayLike<number>
    }

/** A user's attack with its options and its radius; see `Attack`. */
export interface OwnAttack {
  /** What the victim must offer; a gradient when left out, `[]` for an attack on scores alone. */
  readonly requires?: readonly Capability[]
  /** See `Attack.run`; tensors that it leaves behind are freed. */
  run(victim: Victim, x: tf.Tensor, labels: tf.Tensor1D, random: AttackRandom): OwnCrafted
}

/** Options by name, each with its schema; `name` and `norm` are there without being listed. */
export type OwnFields = Readonly<Record<string, z.ZodType>>

/** What a user's attack is told: its own options, `name` and `norm`. */
export type OwnOptions<Fields extends OwnFields> = { readonly name: string } & Readonly<
  z.output<z.ZodObject<{ norm: z.ZodType<Norm> } & Fields>>
>

/** What the file of a user's attack gives: an `AttackKind`, of which only `create` must be there. */
export interface OwnKind<Fields extends OwnFields = OwnFields> {
  /** Lower-case letters, digits and dashes; the name of the file when left out. */
  readonly name?: string
  /** Single options, or like Gauntlet's attacks one schema of them all with `name` and `norm`. */
  readonly options?: Fields
  /** @param epsilon radius of the ball, in units of the input */
  create(options: OwnOptions<Fields>, epsilon: number): OwnAttack
  /** Rough number of model calls on one example; `steps` times `restarts` when left out. */
  expectedQueries?(options: OwnOptions<Fields>): number
}
