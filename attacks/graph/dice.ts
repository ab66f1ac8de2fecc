import { z } from 'zod'
import { drawAccepted, drawFrom, drawPairs } from './draw-pairs.ts'
import { edgeKeys, edgesAsPairs, pairKey, withFlippedPairs } from './graph.ts'
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
      const keys = edgeKeys(graph)
      const known = (u: number, v: number) => labels[u] !== -1 && labels[v] !== -1
      const inner = edgesAsPairs(graph).filter(([u, v]) => known(u, v) && labels[u] === labels[v])
      const part = drawFrom(inner, random)
      const join = drawAccepted(
        graph.nodes,
        random,
        (u, v) => known(u, v) && labels[u] !== labels[v] && !keys.has(pairKey(graph.nodes, u, v)),
      )
      const pairs = drawPairs(edgeBudget(rate, graph).edges, () =>
        random.uniform() < options.addProbability ? (join() ?? part()) : (part() ?? join()),
      )
      return { graph: withFlippedPairs(graph, pairs), queries: 0 }
    },
  }
}

export const diceKind = {
  name: 'dice',
  options: optionsSchema,
  create: dice,
} satisfies GraphAttackKind<DiceOptions>
