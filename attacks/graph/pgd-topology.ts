import { z } from 'zod'
import type { GraphAttack, GraphAttackKind } from './graph-attack.ts'
import { edgeBudget } from './graph-budget.ts'
import { objectiveOptions, watchedObjective } from './node-objective.ts'
import { bestSample, climbTopology, iterations } from './topology-climb.ts'

const defaultRates = { 'cross-entropy': 200, margin: 0.1 }

/** Options that PGD on the topology and MinMax share. */
export const topologyOptions = {
  ...objectiveOptions,
  steps: z.int().min(1).max(100_000).default(200),
  /** Of step t it is this over √(t + 1); 200 for the cross-entropy, 0.1 for the margin. */
  learningRate: z.number().positive().optional(),
  /** Graphs that are drawn in the end. */
  samples: z.int().min(0).max(10_000).default(20),
}

const optionsSchema = z
  .strictObject({ name: z.literal('pgd-topology'), ...topologyOptions })
  .transform(withLearningRate)

type PgdTopologyOptions = z.output<typeof optionsSchema>

/** The default learning rate belongs to the loss. */
export function withLearningRate<
  Options extends {
    readonly loss: keyof typeof defaultRates
    readonly learningRate?: number | undefined
  },
>(options: Options) {
  return { ...options, learningRate: options.learningRate ?? defaultRates[options.loss] }
}

/**
 * Projected gradient descent on the edges: relaxed flips climb the targets' loss, then the best of
 * some drawn graphs is taken. Takes memory and time that grow with the square of the nodes.
 *
 * @param rate share of the number of edges that may change
 * @see Xu et al., "Topology attack and defense for graph neural networks", 2019
 */
function pgdTopology(options: PgdTopologyOptions, rate: number): GraphAttack {
  return {
    name: 'pgd-topology',
    config: { ...options, rate },
    requires: ['relaxed'],
    targeted: false,
    budget: ({ graph }) => edgeBudget(rate, graph),
    run(victim, goal, random, observer) {
      const { graph } = goal
      const classifier = victim.relaxed!
      const { parameters } = classifier
      const watch = { observer, last: iterations(options) }
      const losses = watchedObjective(options, victim, goal, watch)
      const topology = { classifier, graph, ...losses, budget: edgeBudget(rate, graph).edges }
      const strengths = climbTopology(topology, options, () => parameters)
      const best = bestSample(topology, strengths, options.samples, parameters, random)
      return { graph: best.graph, queries: best.queries + options.steps + 1 }
    },
  }
}

export const pgdTopologyKind = {
  name: 'pgd-topology',
  options: optionsSchema,
  create: pgdTopology,
} satisfies GraphAttackKind<PgdTopologyOptions>
