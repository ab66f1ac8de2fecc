import { createAttack } from '../../../attacks/create-attack.ts'
import type { Victim } from '../../../attacks/victim.ts'
import {
  type CraftedSet,
  craft,
  judge,
  type Outcome,
  unchanged,
} from '../../../src/evaluation/attack-model.ts'
import { battery } from '../../../src/evaluation/checks/battery.ts'
import type { CheckEvaluation, Subject } from '../../../src/evaluation/checks/check.ts'
import { whiteBox, worstCase } from '../../../src/evaluation/checks/compare.ts'
import { type CheckSettings, checkSettingsSchema } from '../../../src/evaluation/checks/settings.ts'
import { judgeRandomised } from '../../../src/evaluation/judge-randomised.ts'
import { epsilon, planted } from './planted.ts'

/** Little of everything, so that a victim is checked in seconds. */
export const settings: CheckSettings = checkSettingsSchema.parse({
  restarts: 5,
  radii: [0.5, 2],
  queries: 200,
  randomPoints: 200,
  examples: 30,
  singles: 8,
  innerPoints: 60,
  differences: 2,
  samples: 100,
  estimatedSteps: 8,
})

const seed = 1

/** What is known besides the victim. */
export interface Known {
  /** Whether judging averages over draws. */
  readonly randomised?: boolean
  /** Another model whose examples the victim is met with. */
  readonly source?: Victim
  readonly extra?: Partial<Subject>
}

/** A victim with the evaluations of its battery, in an L∞ ball. */
export async function subjectOf(
  victim: Victim,
  { randomised, source, extra }: Known = {},
): Promise<Subject> {
  const base = {
    victim,
    split: planted.test,
    norm: 'linf',
    epsilon,
    examples: 40,
    seed,
    training: null,
    matched: [],
    provenance: { code: 'c', model: 'm', dataset: 'd' },
    ...extra,
  } as const
  const { examples, split } = base
  const verdicts = (crafted: CraftedSet): Outcome[] =>
    (randomised ? judgeRandomised : judge)(victim, split, crafted)
  const clean = { id: 'clean', attack: null, epsilon: 0, seed, craftedOn: null }
  const evaluations: CheckEvaluation[] = [
    { ...clean, outcomes: verdicts(unchanged(split, examples)) },
  ]
  for (const [at, { attack, epsilon: radius }] of battery(base, settings).entries()) {
    const crafted = await craft(createAttack(attack, radius), victim, split, examples, seed)
    const { adversarial } = crafted
    const outcomes = verdicts(crafted)
    const own = { id: `attack ${at}`, attack, epsilon: radius, seed, craftedOn: null }
    evaluations.push({ ...own, outcomes, adversarial })
    if (!source || attack.name !== 'pgd' || attack.restarts === 1 || radius !== epsilon) continue
    const transferred = await craft(createAttack(attack, radius), source, split, examples, seed)
    const craftedOn = { model: 'source', arm: 'bp', architecture: 'mlp', seed }
    evaluations.push({ ...own, id: 'transfer', craftedOn, outcomes: verdicts(transferred) })
  }
  const known = { ...base, evaluations }
  const white = whiteBox(known)
  const robustAccuracy = worstCase(white).size / examples
  return { ...known, headline: { robustAccuracy, evaluations: white.map(({ id }) => id) } }
}
