import { z } from 'zod'
import { drawAccepted, drawFrom, drawPairs } from './draw-pairs.ts'
import { edgeKeys, edgesAsPairs, pairKey, withFlippedPairs } from './graph.ts'
import type { GraphAttack, GraphAttackKind } from './graph-attack.ts'
import { edgeBudget } from './graph-budget.ts'

const optionsSchema = z.strictObject({
  name: z.literal('random-structure'),
  /** Joins nodes, parts them, or takes any pairs and does whichever applies. */
  change: z.enum(['add', 'remove', 'flip']).default('add'),
})

type RandomStructureOptions = z.output<typeof optionsSchema>

/**
 * Changes edges at random, all pairs alike: the least that an attack must beat.
 *
 * @param rate share of the number of edges that may change
 */
function randomStructure(options: RandomStructureOptions, rate: number): GraphAttack {
  const { change } = options
  return {
    name: 'random-structure',
    config: { ...options, rate },
    requires: [],
    targeted: false,
    budget: ({ graph }) => edgeBudget(rate, graph),
    run(_victim, { graph }, random) {
      const keys = edgeKeys(graph)
      const draw =
        change === 'remove'
          ? drawFrom(edgesAsPairs(graph), random)
          : drawAccepted(
              graph.nodes,
              random,
              (u, v) => change === 'flip' || !keys.has(pairKey(graph.nodes, u, v)),
            )
      const pairs = drawPairs(edgeBudget(rate, graph).edges, draw)
      return { graph: withFlippedPairs(graph, pairs), queries: 0 }
    },
  }
}

export const randomStructureKind = {
  name: 'random-structure',
  options: optionsSchema,
  create: randomStructure,
} satisfies GraphAttackKind<RandomStructureOptions>
