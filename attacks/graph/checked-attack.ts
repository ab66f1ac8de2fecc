import type { GraphAttack } from './graph-attack.ts'
import { assertWithinBudget } from './graph-budget.ts'

/**
 * The attack with all that it returns checked: see `assertWithinBudget`.
 *
 * @throws RangeError, when run, for a graph that is not simple or goes beyond the budget
 */
export function checkedAttack(attack: GraphAttack): GraphAttack {
  return {
    ...attack,
    run(victim, goal, random, observer) {
      const result = attack.run(victim, goal, random, observer)
      assertWithinBudget(goal.graph, result.graph, attack.budget(goal))
      return result
    },
  }
}
