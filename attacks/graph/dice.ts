import { z } from 'zod'
import { drawPair, drawPairs } from './draw-pairs.ts'
import { edgeKeys, pairKey, withFlippedPairs } from './graph.ts'
import type { GraphAttack, GraphAttackKind } from './graph-attack.ts'
import { edgeBudget } from './graph-budget.ts'

const optionsSchema = z.strictObject({
  name: z.literal('dice'),
  /** Probability that a change joins nodes. */
  addProbability: z.number().min(0).max(1).default(0.5),
})

type DiceOptions = z.output<typeof optionsSchema>

/**
 * Delete internally, connect externally: each change parts two nodes of one class or joins two of
 * different ones, with all true labels known. It makes as many changes as the budget has; where
 * no pair is left for one kind of change it makes the other.
 *
 * @param rate share of the number of edges that may change
 * @see Waniek et al., "Hiding individuals and communities in a social network", 2018
 */
function dice(options: DiceOptions, rate: number): GraphAttack {
  return {
    name: 'dice',
    config: { ...options, rate },
    requires: [],
    targeted: false,
    budget: ({ graph }) => edgeBudget(rate, graph),
    run(_victim, { graph, labels }, random) {
      const { nodes } = graph
      const keys = edgeKeys(graph)
      const draw = (adds: boolean, isTaken: (u: number, v: number) => boolean) =>
        drawPair(nodes, random, (u, v) => {
          if (labels[u] === -1 || labels[v] === -1 || isTaken(u, v)) return false
          return (labels[u] !== labels[v]) === adds && keys.has(pairKey(nodes, u, v)) !== adds
        })
      const pairs = drawPairs(nodes, edgeBudget(rate, graph).edges, isTaken => {
        const adds = random.uniform() < options.addProbability
        return draw(adds, isTaken) ?? draw(!adds, isTaken)
      })
      return { graph: withFlippedPairs(graph, pairs), queries: 0 }
    },
  }
}

export const diceKind = {
  name: 'dice',
  options: optionsSchema,
  create: dice,
} satisfies GraphAttackKind<DiceOptions>
