import { z } from 'zod'
import type { Attack } from './attack.ts'
import { fgsm } from './fgsm.ts'
import { pgd } from './pgd.ts'

const norm = z.enum(['linf', 'l2']).default('linf')

/** An attack by name with its options but without its radius; what is left out takes the default. */
export const attackSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('fgsm'), norm }),
  z
    .strictObject({
      name: z.literal('pgd'),
      norm,
      steps: z.int().min(1).max(100_000).default(20),
      relativeStep: z.number().positive().max(10).optional(),
      restarts: z.int().min(1).max(1000).default(5),
      randomStart: z.boolean().default(true),
      iterate: z.enum(['best-so-far', 'last']).default('best-so-far'),
    })
    .transform(options => ({
      ...options,
      relativeStep: options.relativeStep ?? 2.5 / options.steps,
    })),
])

/** How an attack is written in a plan. */
export type AttackInput = z.input<typeof attackSchema>

/** An attack's options, all filled in. */
export type AttackOptions = z.output<typeof attackSchema>

/** The attack with these options and this radius. */
export function createAttack(options: AttackOptions, epsilon: number): Attack {
  switch (options.name) {
    case 'fgsm':
      return fgsm({ ...options, epsilon })
    case 'pgd':
      return pgd({ ...options, epsilon })
  }
}

/** Rough number of model calls on one example: what an attack costs. */
export function expectedQueries(options: AttackOptions): number {
  return options.name === 'fgsm' ? 1 : options.steps * options.restarts
}
