import { z } from 'zod'
import { climbFeatures, featureBall } from './feature-pgd.ts'
import type { GraphAttack, GraphAttackKind } from './graph-attack.ts'
import { objectiveOptions } from './node-objective.ts'

const optionsSchema = z.strictObject({ name: z.literal('feature-fgsm'), ...objectiveOptions })

type FeatureFgsmOptions = z.output<typeof optionsSchema>

/**
 * Fast gradient sign method on all nodes' features: one step of length epsilon from the clean
 * ones, kept if it raises the targets' loss.
 *
 * @param epsilon largest change of a value
 * @see Goodfellow et al., "Explaining and harnessing adversarial examples", 2015
 */
function featureFgsm(options: FeatureFgsmOptions, epsilon: number): GraphAttack {
  const oneStep = { ...options, epsilon, steps: 1, relativeStep: 1, randomStart: false }
  return {
    name: 'feature-fgsm',
    config: { ...options, epsilon },
    requires: ['relaxed'],
    targeted: false,
    budget: goal => featureBall(goal, epsilon),
    run: (victim, goal, random) => climbFeatures(oneStep, victim, goal, random),
  }
}

export const featureFgsmKind = {
  name: 'feature-fgsm',
  options: optionsSchema,
  create: featureFgsm,
} satisfies GraphAttackKind<FeatureFgsmOptions>
