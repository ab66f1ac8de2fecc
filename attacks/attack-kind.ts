import type { z } from 'zod'
import type { Attack, Norm } from './attack.ts'

/** An attack's options, all filled in: what tells it apart besides the radius of the ball. */
export interface NamedOptions {
  readonly name: string
  readonly norm: Norm
}

/** An attack before its options and its radius are known: what one file of attacks provides. */
export interface AttackKind<Options extends NamedOptions = NamedOptions> {
  readonly name: Options['name']
  /** Options as they are written in a plan, with their defaults. */
  readonly options: z.ZodType<Options>
  /** @param epsilon radius of the ball, in units of the input */
  create(options: Options, epsilon: number): Attack
  /** Rough number of model calls on one example: what the attack costs. */
  expectedQueries(options: Options): number
}
