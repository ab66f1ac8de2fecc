import type { StepGroup } from '../../server/schemas/gradients.ts'
import { choice } from '../url-state.ts'

/** One thing that groups are chosen by: its name in the address, its value, and the others. */
export interface StepChoice {
  readonly name: 'steps-network' | 'steps-arm' | 'steps-site' | 'steps-models'
  readonly value: string
  readonly from: readonly string[]
}

/** The group that the address names, or the first; and what there is to choose from. */
export interface StepChoices {
  readonly choices: readonly StepChoice[]
  readonly group: StepGroup
}

/**
 * Reads the choices from the address; what does not exist falls back to what does, the arm to
 * backprop.
 *
 * @param groups at least one
 */
export function chooseSteps(params: URLSearchParams, groups: readonly StepGroup[]): StepChoices {
  const properties = [
    ['steps-network', group => group.architecture],
    ['steps-arm', group => group.arm],
    ['steps-site', group => group.site],
    ['steps-models', group => group.id],
  ] as const satisfies readonly (readonly [StepChoice['name'], (group: StepGroup) => string])[]
  const choices: StepChoice[] = []
  let left = groups
  for (const [name, of] of properties) {
    const from = [...new Set(left.map(of))]
    const fallback = name === 'steps-arm' && from.includes('bp') ? 'bp' : from[0]!
    const value = choice(params, name, from, fallback)
    choices.push({ name, value, from })
    left = left.filter(group => of(group) === value)
  }
  return { choices, group: left[0]! }
}
