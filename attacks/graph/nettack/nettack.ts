import { z } from 'zod'
import { tf } from '../../../src/engine/tf.ts'
import { degreeSums } from '../degree-test.ts'
import { degreesOf, denseFeatures, type Graph, sparseFeatures, withFlippedPairs } from '../graph.ts'
import type { GraphAttack, GraphAttackKind, GraphGoal } from '../graph-attack.ts'
import { trainLinearSurrogate } from '../linear-surrogate.ts'
import { predictedLabels } from '../node-objective.ts'
import { type Flip, makeBestFlip, type Search } from './best-flip.ts'
import { coOccurrence } from './co-occurrence.ts'
import { targetLogits } from './target-logits.ts'

const optionsSchema = z.strictObject({
  name: z.literal('nettack'),
  structure: z.boolean().default(true),
  features: z.boolean().default(true),
  /** Flips beyond the multiple of the degree; the paper has 2. */
  extra: z.int().min(0).max(1000).default(0),
  /** Which class the target is to leave: the victim's on the clean graph, or the true one. */
  labels: z.enum(['predicted', 'true']).default('predicted'),
  surrogateSteps: z.int().min(1).max(100_000).default(200),
  surrogateRate: z.number().positive().max(10).default(0.01),
  surrogateDecay: z.number().min(0).max(1).default(5e-4),
})

type NettackOptions = z.output<typeof optionsSchema>

/**
 * Changes edges and binary features of one node, each time the flip after which a linear surrogate
 * `Â² X W` gives it the smallest margin, exactly computed, as long as the margin falls.
 *
 * Flips must not be noticed: no node loses its last edge, the degrees stay one power law with those
 * of the clean graph, and a feature is added only where it occurs together with those the node has.
 *
 * @param multiple of the target's degree that may be flipped, rounded down, besides `extra`
 * @see Zügner et al., "Adversarial attacks on neural networks for graph data", 2018
 */
function nettack(options: NettackOptions, multiple: number): GraphAttack {
  const prepare = onceForEveryGraph(options)
  const flips = ({ graph, targets }: GraphGoal) =>
    Math.floor(multiple * degreesOf(graph)[targets[0]!]!) + options.extra
  return {
    name: 'nettack',
    config: { ...options, multiple },
    requires: [],
    targeted: true,
    budget(goal) {
      const changes = flips(goal)
      return {
        edges: options.structure ? changes : 0,
        entries: options.features ? changes : 0,
        changes,
      }
    },
    run(victim, goal) {
      const { graph, targets } = goal
      const [target, ...others] = targets
      if (target === undefined || others.length > 0) {
        throw new RangeError(`invalid goal: ${targets.length} targets; nettack takes one`)
      }
      const labels = options.labels === 'true' ? goal.labels : predictedLabels(victim, goal)
      const { weights, products, occurrence } = prepare(goal, victim.classes)
      const search: Search = {
        target,
        label: labels[target]!,
        mayFlip: { edges: options.structure, features: options.features },
        weights,
        row: denseRow(graph, target),
        state: targetLogits(graph, target, products),
        occurrence,
        cleanDegrees: degreeSums(degreesOf(graph)),
        flips: [],
      }
      const budget = flips(goal)
      while (search.flips.length < budget && makeBestFlip(search));
      // Of the victim: one pass, for its prediction.
      const queries = options.labels === 'true' ? 0 : 1
      return { graph: withFlips(graph, target, search.flips), queries }
    },
  }
}

/** What does not depend on the target: the surrogate and which features occur together. */
function onceForEveryGraph(options: NettackOptions) {
  const known = new WeakMap<Graph, Prepared>()
  return (goal: GraphGoal, classes: number): Prepared => {
    const before = known.get(goal.graph)
    if (before) return before
    const tensor = trainLinearSurrogate(goal, classes, {
      steps: options.surrogateSteps,
      learningRate: options.surrogateRate,
      weightDecay: options.surrogateDecay,
    })
    const { nodes, features } = goal.graph
    const prepared = {
      weights: tensor.dataSync() as Float32Array,
      products: tf.tidy(() => {
        const x = tf.tensor2d(denseFeatures(goal.graph), [nodes, features.count])
        return tf.matMul(x, tensor).dataSync() as Float32Array
      }),
      occurrence: coOccurrence(goal.graph),
    }
    tensor.dispose()
    known.set(goal.graph, prepared)
    return prepared
  }
}

interface Prepared {
  /** W, `[features · classes]` */
  readonly weights: Float32Array
  /** X W, `[nodes · classes]` */
  readonly products: Float32Array
  readonly occurrence: Search['occurrence']
}

function denseRow({ features }: Graph, node: number): Float32Array {
  const row = new Float32Array(features.count)
  for (let at = features.indptr[node]!; at < features.indptr[node + 1]!; at++) {
    row[features.indices[at]!] = features.values[at]!
  }
  return row
}

function withFlips(graph: Graph, target: number, flips: readonly Flip[]): Graph {
  const pairs = flips.flatMap(flip => (flip.kind === 'edge' ? [[target, flip.other] as const] : []))
  const changed = withFlippedPairs(graph, pairs)
  if (flips.every(flip => flip.kind === 'edge')) return changed
  const dense = denseFeatures(graph)
  for (const flip of flips) {
    if (flip.kind !== 'feature') continue
    const at = target * graph.features.count + flip.feature
    dense[at] = dense[at] === 0 ? 1 : 0
  }
  return { ...changed, features: sparseFeatures(dense, graph.features.count) }
}

export const nettackKind = {
  name: 'nettack',
  options: optionsSchema,
  create: nettack,
} satisfies GraphAttackKind<NettackOptions>
