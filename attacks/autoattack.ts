import { z } from 'zod'
import { apgdCeKind, apgdDlrKind, apgdTKind } from './apgd.ts'
import { type Attack, normSchema } from './attack.ts'
import type { AttackKind } from './attack-kind.ts'
import { fabTKind } from './fab.ts'
import { inSequence } from './in-sequence.ts'
import { squareKind } from './square.ts'

const optionsSchema = z.strictObject({
  name: z.literal('autoattack'),
  norm: normSchema,
  /** `rand` is for victims with noise: expectation over 20 calls, white-box parts alone. */
  version: z.enum(['standard', 'rand']).default('standard'),
})

type AutoAttackOptions = z.output<typeof optionsSchema>

/** Calls over which `rand` averages. */
const eotIterations = 20

/**
 * AutoAttack: APGD on the cross-entropy, APGD and FAB aimed at nine classes, and Square, each with its
 * defaults, on the examples that those before have left; `rand` is APGD on the cross-entropy and on
 * the difference of logits ratio.
 *
 * @see Croce and Hein, "Reliable evaluation of adversarial robustness with an ensemble of diverse
 *   parameter-free attacks", 2020
 */
function autoattack(options: AutoAttackOptions, epsilon: number): Attack {
  return {
    name: 'autoattack',
    norm: options.norm,
    epsilon,
    config: { ...options, epsilon },
    ...inSequence(autoattackParts(options, epsilon)),
  }
}

/**
 * The attacks that AutoAttack runs one after the other.
 *
 * @param draws calls over which each part of `rand` averages by itself
 */
export function autoattackParts(
  options: AutoAttackOptions,
  epsilon: number,
  draws: number = eotIterations,
): Attack[] {
  return partsOf(options, draws).map(({ create }) => create(epsilon))
}

interface Part {
  create(epsilon: number): Attack
  readonly queries: number
}

function partsOf({ norm, version }: AutoAttackOptions, draws = eotIterations): readonly Part[] {
  return version === 'standard'
    ? [
        part(apgdCeKind, { name: 'apgd-ce', norm }),
        part(apgdTKind, { name: 'apgd-t', norm }),
        part(fabTKind, { name: 'fab-t', norm }),
        part(squareKind, { name: 'square', norm }),
      ]
    : [
        part(apgdCeKind, { name: 'apgd-ce', norm, eotIterations: draws }),
        part(apgdDlrKind, { name: 'apgd-dlr', norm, eotIterations: draws }),
      ]
}

function part<Options>(
  kind: {
    readonly options: z.ZodType<Options>
    create(options: Options, epsilon: number): Attack
    expectedQueries(options: Options): number
  },
  asked: object,
): Part {
  const options = kind.options.parse(asked)
  return {
    create: epsilon => kind.create(options, epsilon),
    queries: kind.expectedQueries(options),
  }
}

export const autoattackKind = {
  name: 'autoattack',
  options: optionsSchema,
  create: autoattack,
  expectedQueries: options => partsOf(options).reduce((sum, { queries }) => sum + queries, 0),
} satisfies AttackKind<AutoAttackOptions>
