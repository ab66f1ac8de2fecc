import { z } from 'zod'
import { tf } from '../../src/engine/tf.ts'
import { tidied } from '../../src/engine/tidied.ts'
import type { Generator } from '../../src/random/generator.ts'
import { project, steepest } from '../geometry.ts'
import type { Observer } from '../observer.ts'
import { denseFeatures, sparseFeatures } from './graph.ts'
import type { GraphAttack, GraphAttackKind, GraphGoal, PerturbedGraph } from './graph-attack.ts'
import type { GraphVictim } from './graph-victim.ts'
import {
  type ObjectiveOptions,
  objectiveAt,
  objectiveGradient,
  objectiveOptions,
  watchedObjective,
} from './node-objective.ts'

const optionsSchema = z
  .strictObject({
    name: z.literal('feature-pgd'),
    ...objectiveOptions,
    steps: z.int().min(1).max(10_000).default(20),
    /** Length of a step as a multiple of epsilon. */
    relativeStep: z.number().positive().max(10).optional(),
    /** Whether to start at a random point of the ball or at the clean features. */
    randomStart: z.boolean().default(true),
  })
  .transform(options => ({ ...options, relativeStep: options.relativeStep ?? 2.5 / options.steps }))

type FeaturePgdOptions = z.output<typeof optionsSchema>

/** Settings of steps along the sign of the gradient. */
interface Climb extends ObjectiveOptions {
  readonly epsilon: number
  readonly steps: number
  readonly relativeStep: number
  readonly randomStart: boolean
}

/**
 * Projected gradient descent on all nodes' features: no value moves by more than epsilon or leaves
 * [0, 1]; the graph of the highest loss is kept.
 *
 * @param epsilon largest change of a value
 */
function featurePgd(options: FeaturePgdOptions, epsilon: number): GraphAttack {
  return {
    name: 'feature-pgd',
    config: { ...options, epsilon },
    requires: ['relaxed'],
    targeted: false,
    budget: goal => featureBall(goal, epsilon),
    run: (victim, goal, random, observer) =>
      climbFeatures({ ...options, epsilon }, victim, goal, random, observer),
  }
}

/** Every value may move by epsilon. */
export function featureBall({ graph }: GraphGoal, epsilon: number) {
  return { edges: 0, entries: graph.nodes * graph.features.count, epsilon }
}

/** Steps up the targets' loss; the best graph that was seen, the clean one included. */
export function climbFeatures(
  climb: Climb,
  victim: GraphVictim,
  goal: GraphGoal,
  random: Generator,
  observer?: Observer,
): PerturbedGraph {
  const { nodes, edges, features } = goal.graph
  const watch = { observer, last: climb.steps + 1 }
  const { objective, climbed } = watchedObjective(climb, victim, goal, watch)
  const clean = tf.tensor2d(denseFeatures(goal.graph), [nodes, features.count])
  let best = { graph: goal.graph, value: objectiveAt(victim, objective, goal.graph) }
  let x = climb.randomStart ? randomStart(clean, climb.epsilon, random) : clean.clone()
  const keepBetter = (value: number) => {
    if (!(value > best.value)) return
    const dense = x.dataSync() as Float32Array
    best = { graph: { ...goal.graph, features: sparseFeatures(dense, features.count) }, value }
  }
  for (let step = 0; step < climb.steps; step++) {
    const { value, gradient } = objectiveGradient(victim, climbed, x, at => ({
      nodes,
      structure: edges,
      features: at,
    }))
    keepBetter(value)
    const before = x
    x = tidied(() => {
      const change = tf.mul(steepest(gradient, 'linf'), climb.relativeStep * climb.epsilon)
      return project(tf.add(before, change), clean, 'linf', climb.epsilon, [0, 1])
    }) as tf.Tensor2D
    tf.dispose([before, gradient])
  }
  const last = { nodes, structure: edges, features: x }
  const { parameters, logits } = victim.relaxed!
  keepBetter(tf.tidy(() => climbed(logits(parameters, last)).dataSync()[0]!))
  tf.dispose([x, clean])
  return { graph: best.graph, queries: climb.steps + 3 }
}

function randomStart(clean: tf.Tensor2D, epsilon: number, random: Generator): tf.Tensor2D {
  const change = Float32Array.from(
    { length: clean.size },
    () => (2 * random.uniform() - 1) * epsilon,
  )
  return tf.tidy(() => {
    const moved = tf.add(clean, tf.tensor2d(change, clean.shape))
    return project(moved, clean, 'linf', epsilon, [0, 1]) as tf.Tensor2D
  })
}

export const featurePgdKind = {
  name: 'feature-pgd',
  options: optionsSchema,
  create: featurePgd,
} satisfies GraphAttackKind<FeaturePgdOptions>
