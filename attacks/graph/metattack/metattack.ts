import { z } from 'zod'
import { tf } from '../../../src/engine/tf.ts'
import type { Generator } from '../../../src/random/generator.ts'
import { degreeSums, degreeThreshold, powerLawStatistic, withDegree } from '../degree-test.ts'
import { degreesOf, denseAdjacency, type Graph, type Pair, withFlippedPairs } from '../graph.ts'
import type { GraphAttack, GraphAttackKind, GraphGoal } from '../graph-attack.ts'
import { edgeBudget } from '../graph-budget.ts'
import type { GraphVictim } from '../graph-victim.ts'
import { predictedLabels } from '../node-objective.ts'
import { type MetaProblem, metaGradient } from './meta-gradient.ts'

const optionsSchema = z.strictObject({
  name: z.literal('metattack'),
  /**
   * Whose loss is raised: 0, of the nodes without a public label, with the classes the victim
   * gives them (Meta-Self); 1, of the training nodes (Meta-Train); between, both.
   */
  lambda: z.number().min(0).max(1).default(0),
  /** Steps of the surrogate's training, all of which are differentiated. */
  steps: z.int().min(1).max(10_000).default(100),
  learningRate: z.number().positive().max(10).default(0.1),
  momentum: z.number().min(0).lt(1).default(0.9),
  /** Whether the degrees must stay one power law with those of the clean graph. */
  degreeTest: z.boolean().default(true),
})

type MetattackOptions = z.output<typeof optionsSchema>

/**
 * Poisons a graph: each time the pair is flipped that, to first order, raises most the loss which a
 * linear surrogate has after training on the changed graph. No node loses its last edge, no pair is
 * flipped back. Every flip takes one exact gradient through the training; memory and time grow with
 * the square of the nodes.
 *
 * @param rate share of the number of edges that may change
 * @see Zügner and Günnemann, "Adversarial attacks on graph neural networks via meta learning", 2019
 */
function metattack(options: MetattackOptions, rate: number): GraphAttack {
  return {
    name: 'metattack',
    config: { ...options, rate },
    requires: [],
    targeted: false,
    budget: ({ graph }) => edgeBudget(rate, graph),
    run(victim, goal, random) {
      const { graph } = goal
      const problem = problemOf(options, victim, goal, random)
      const budget = edgeBudget(rate, graph).edges
      const flipped: Pair[] = []
      const isFlipped = new Uint8Array(graph.nodes ** 2)
      let changed = graph
      while (flipped.length < budget) {
        const pair = bestPair(problem, graph, changed, isFlipped, options.degreeTest)
        if (!pair) break
        flipped.push(pair)
        isFlipped[pair[0] * graph.nodes + pair[1]] = 1
        changed = withFlippedPairs(graph, flipped)
      }
      problem.initial.dispose()
      return { graph: changed, queries: 1 + flipped.length * (options.steps + 1) }
    },
  }
}

/** The attacker's problem; its initial weights belong to the caller. */
function problemOf(
  { lambda, steps, learningRate, momentum }: MetattackOptions,
  victim: GraphVictim,
  goal: GraphGoal,
  random: Generator,
): MetaProblem {
  const { graph, train } = goal
  const { features } = graph
  const labels = predictedLabels(victim, goal)
  for (const node of train) labels[node] = goal.labels[node]!
  const deviation = Math.sqrt(2 / (features.count + victim.classes))
  const initial = Float32Array.from(
    { length: features.count * victim.classes },
    () => deviation * random.normal(),
  )
  return {
    features,
    train,
    labels,
    initial: tf.tensor2d(initial, [features.count, victim.classes]),
    inner: { steps, learningRate, momentum },
    lambda,
  }
}

/** The allowed pair u < v of the largest positive first-order gain, if there is one. */
function bestPair(
  problem: MetaProblem,
  clean: Graph,
  changed: Graph,
  isFlipped: Uint8Array,
  degreeTest: boolean,
): Pair | undefined {
  const { nodes } = clean
  const values = denseAdjacency(changed)
  const adjacency = tf.tensor2d(values, [nodes, nodes])
  const gradient = metaGradient(problem, adjacency)
  adjacency.dispose()
  const degrees = degreesOf(changed)
  const [before, now] = [degreeSums(degreesOf(clean)), degreeSums(degrees)]
  const allowed = (u: number, v: number, change: 1 | -1) => {
    const [du, dv] = [degrees[u]!, degrees[v]!]
    if (change === -1 && (du === 1 || dv === 1)) return false
    if (!degreeTest) return true
    const after = withDegree(withDegree(now, du, du + change), dv, dv + change)
    return powerLawStatistic(before, after) < degreeThreshold
  }
  let best: Pair | undefined
  let most = 0
  for (let u = 0; u < nodes; u++) {
    for (let v = u + 1; v < nodes; v++) {
      const at = u * nodes + v
      const change = values[at] === 1 ? -1 : 1
      const gain = change * (gradient[at]! + gradient[v * nodes + u]!)
      if (gain > most && isFlipped[at] === 0 && allowed(u, v, change)) {
        most = gain
        best = [u, v]
      }
    }
  }
  return best
}

export const metattackKind = {
  name: 'metattack',
  options: optionsSchema,
  create: metattack,
} satisfies GraphAttackKind<MetattackOptions>
