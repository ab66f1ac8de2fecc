import { z } from 'zod'
import { drawPair, drawPairs } from './draw-pairs.ts'
import { edgeKeys, pairKey, withFlippedPairs } from './graph.ts'
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
      const { nodes } = graph
      const keys = edgeKeys(graph)
      const applies = (u: number, v: number) =>
        change === 'flip' || keys.has(pairKey(nodes, u, v)) === (change === 'remove')
      const pairs = drawPairs(nodes, edgeBudget(rate, graph).edges, isTaken =>
        drawPair(nodes, random, (u, v) => applies(u, v) && !isTaken(u, v)),
      )
      return { graph: withFlippedPairs(graph, pairs), queries: 0 }
    },
  }
}

export const randomStructureKind = {
  name: 'random-structure',
  options: optionsSchema,
  create: randomStructure,
} satisfies GraphAttackKind<RandomStructureOptions>
