import { z } from 'zod'
import { tf } from '../../src/engine/tf.ts'
import { denseFeatures, sparseFeatures } from './graph.ts'
import type { GraphAttack, GraphAttackKind } from './graph-attack.ts'
import { largest } from './largest.ts'
import { objectiveAt, objectiveGradient, objectiveOf, objectiveOptions } from './node-objective.ts'

const optionsSchema = z.strictObject({
  name: z.literal('feature-flip'),
  ...objectiveOptions,
  /** Gradients that are taken; with one, all entries are flipped at once, as in FGSM. */
  steps: z.int().min(1).max(10_000).default(10),
})

type FeatureFlipOptions = z.output<typeof optionsSchema>

/**
 * Turns binary features on and off, greedily by the first-order gain of the targets' loss,
 * `g · (1 − 2x)`; an entry is flipped once at most, and only where it gains.
 *
 * @param rate share of the number of ones that may be flipped
 */
function featureFlip(options: FeatureFlipOptions, rate: number): GraphAttack {
  return {
    name: 'feature-flip',
    config: { ...options, rate },
    requires: ['relaxed'],
    targeted: false,
    budget: ({ graph }) => ({
      edges: 0,
      entries: Math.floor(rate * graph.features.indices.length),
    }),
    run(victim, goal) {
      const { graph } = goal
      const { nodes, edges } = graph
      const { count } = graph.features
      const objective = objectiveOf(options, victim, goal)
      const x = denseFeatures(graph)
      const flipped = new Set<number>()
      const budget = this.budget(goal).entries
      let best = { graph, value: objectiveAt(victim, objective, graph) }
      let queries = 2
      for (let step = 0; step < options.steps && flipped.size < budget; step++) {
        const tensor = tf.tensor2d(x, [nodes, count])
        const { gradient } = objectiveGradient(victim, objective, tensor, features => ({
          nodes,
          structure: edges,
          features,
        }))
        const gains = gradient.dataSync().map((g, at) => g * (1 - 2 * x[at]!))
        tf.dispose([tensor, gradient])
        const wanted = Math.ceil((budget - flipped.size) / (options.steps - step))
        for (const at of largest(gains, wanted, at => gains[at]! > 0 && !flipped.has(at))) {
          x[at] = 1 - x[at]!
          flipped.add(at)
        }
        const changed = { ...graph, features: sparseFeatures(x, count) }
        const value = objectiveAt(victim, objective, changed)
        if (value > best.value) best = { graph: changed, value }
        queries += 2
      }
      return { graph: best.graph, queries }
    },
  }
}

export const featureFlipKind = {
  name: 'feature-flip',
  options: optionsSchema,
  create: featureFlip,
} satisfies GraphAttackKind<FeatureFlipOptions>
