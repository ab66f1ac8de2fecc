import type { StepGroup } from '../../server/schemas/gradients.ts'

/** How right the models of one arm are without attack. */
export interface ArmAccuracy {
  readonly arm: string
  /** Mean over the models. */
  readonly accuracy: number
  readonly models: readonly ArmModel[]
}

interface ArmModel {
  readonly id: string
  readonly seed: number
  readonly pair: string
  readonly accuracy: number
}

/**
 * The models of a group and those that were trained alike but for the arm, arm by arm, backprop
 * first. Models without an accuracy are left out.
 */
export function accuracies(groups: readonly StepGroup[], chosen: StepGroup): ArmAccuracy[] {
  const pairs = new Set(chosen.models.map(model => model.pair))
  const models = new Map<string, ArmModel & { readonly arm: string }>()
  for (const { arm, models: own } of groups) {
    for (const { id, seed, pair, cleanAccuracy: accuracy } of own) {
      if (accuracy !== null && pairs.has(pair)) models.set(id, { id, arm, seed, pair, accuracy })
    }
  }
  const arms = [...new Set([...models.values()].map(model => model.arm))].sort()
  return arms.map(arm => {
    const own = [...models.values()].filter(model => model.arm === arm)
    own.sort((a, b) => a.seed - b.seed)
    const accuracy = own.reduce((sum, model) => sum + model.accuracy, 0) / own.length
    return { arm, accuracy, models: own }
  })
}

/** The differences of accuracy between the models of an arm and their twins of another, by pair. */
export function differences(arm: ArmAccuracy, against: ArmAccuracy): number[] {
  return arm.models.flatMap(({ pair, accuracy }) =>
    against.models.filter(twin => twin.pair === pair).map(twin => accuracy - twin.accuracy),
  )
}
