import { z } from 'zod'
import type { Parameters } from '../../models/network.ts'
import { tf } from '../../src/engine/tf.ts'
import { createOptimiser } from '../../src/training/optimiser.ts'
import type { GraphAttack, GraphAttackKind, GraphGoal } from './graph-attack.ts'
import { edgeBudget } from './graph-budget.ts'
import type { RelaxedClassifier } from './graph-victim.ts'
import { nodeLoss } from './node-loss.ts'
import { watchedObjective } from './node-objective.ts'
import { topologyOptions, withLearningRate } from './pgd-topology.ts'
import { bestSample, climbTopology, iterations } from './topology-climb.ts'

const optionsSchema = z
  .strictObject({
    name: z.literal('min-max'),
    ...topologyOptions,
    /** Of the surrogate's Adam. */
    trainingRate: z.number().positive().max(1).default(0.01),
  })
  .transform(withLearningRate)

type MinMaxOptions = z.output<typeof optionsSchema>

/**
 * PGD on the edges against a surrogate that is trained on: it starts with the victim's weights and
 * takes one step of Adam on the training nodes, without dropout, before every step of the attack.
 * Meant for victims that are trained again on the changed graph.
 *
 * @param rate share of the number of edges that may change
 * @see Xu et al., "Topology attack and defense for graph neural networks", 2019, algorithm 2
 */
function minMax(options: MinMaxOptions, rate: number): GraphAttack {
  return {
    name: 'min-max',
    config: { ...options, rate },
    requires: ['relaxed'],
    targeted: false,
    budget: ({ graph }) => edgeBudget(rate, graph),
    run(victim, goal, random, observer) {
      const { graph } = goal
      const classifier = victim.relaxed!
      const watch = { observer, last: iterations(options) }
      const losses = watchedObjective(options, victim, goal, watch)
      const topology = { classifier, graph, ...losses, budget: edgeBudget(rate, graph).edges }
      const surrogate = trainedOn(classifier, goal, options.trainingRate)
      const strengths = climbTopology(topology, options, surrogate.step)
      const best = bestSample(topology, strengths, options.samples, surrogate.current(), random)
      surrogate.dispose()
      return { graph: best.graph, queries: best.queries + 2 * options.steps + 1 }
    },
  }
}

interface Surrogate {
  /** The weights after one more step on this relaxed graph. */
  step(adjacency: tf.Tensor2D): Parameters
  current(): Parameters
  dispose(): void
}

/** The classifier, trained on from its weights. */
function trainedOn(
  { parameters: start, logits }: RelaxedClassifier,
  { graph, train, labels }: GraphGoal,
  learningRate: number,
): Surrogate {
  const { nodes, features } = graph
  const names = Object.keys(start)
  const named = (tensors: readonly tf.Tensor[]): Parameters =>
    Object.fromEntries(names.map((name, at) => [name, tensors[at]!]))
  const loss = nodeLoss('cross-entropy', train, labels)
  const optimiser = createOptimiser({ name: 'adam', beta1: 0.9, beta2: 0.999, stabiliser: 1e-8 })
  let current = named(names.map(name => start[name]!.clone()))
  return {
    step(adjacency) {
      const gradients = tf.grads((...tensors: tf.Tensor[]) =>
        loss(logits(named(tensors), { nodes, structure: adjacency, features })),
      )(names.map(name => current[name]!))
      const before = current
      current = optimiser.step(before, named(gradients), learningRate)
      tf.dispose([...gradients, ...Object.values(before)])
      return current
    },
    current: () => current,
    dispose() {
      optimiser.dispose()
      tf.dispose(Object.values(current))
    },
  }
}

export const minMaxKind = {
  name: 'min-max',
  options: optionsSchema,
  create: minMax,
} satisfies GraphAttackKind<MinMaxOptions>
