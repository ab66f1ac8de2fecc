import type { ExecutionContext } from 'ava'
import type { GraphVictim } from '../../../attacks/graph/graph-victim.ts'
import {
  type Architecture,
  architectureSchema,
  buildNetwork,
} from '../../../models/architecture.ts'
import type { Parameters } from '../../../models/network.ts'
import type { GraphDataset } from '../../../src/data/dataset.ts'
import { citations } from '../../../src/data/graph/citations.ts'
import { undirectedEdges } from '../../../src/data/graph/edges.ts'
import { rowOf, sparseRows } from '../../../src/data/graph/sparse-rows.ts'
import { tf } from '../../../src/engine/tf.ts'
import { graphVictim } from '../../../src/evaluation/graph-victim.ts'
import { generator } from '../../../src/random/generator.ts'
import { graphTask } from '../../../src/tasks/graph-task.ts'
import {
  createEstimator,
  estimatorSchema,
} from '../../../src/training/estimators/create-estimator.ts'
import { crossEntropy } from '../../../src/training/loss.ts'
import { train, trainingSchema } from '../../../src/training/train.ts'

/**
 * The first nodes of the embedded graph with edges drawn anew, so that each has about five, mostly
 * to its own class.
 */
export function smallCitations(nodes: number): GraphDataset {
  const whole = citations({ train: 80, test: 320, seed: 0 })
  const inside = (node: number) => node < nodes
  const random = generator(0, 'small citations')
  const pairs: [number, number][] = []
  for (let u = 0; u < nodes; u++) {
    for (let v = u + 1; v < nodes; v++) {
      const probability = (whole.labels[u] === whole.labels[v] ? 15 : 1.5) / nodes
      if (random.uniform() < probability) pairs.push([u, v])
    }
  }
  return {
    ...whole,
    nodes,
    edges: undirectedEdges(nodes, pairs),
    features: sparseRows(
      Array.from({ length: nodes }, (_, node) => rowOf(whole.features, node)),
      whole.features.count,
    ),
    labels: whole.labels.slice(0, nodes),
    train: whole.train.filter(inside),
    validation: whole.validation.filter(inside),
    test: whole.test.filter(inside),
  }
}

export const smallGcn: Architecture = architectureSchema.parse({ name: 'gcn', hidden: [8] })

export const smallGat: Architecture = architectureSchema.parse({
  name: 'gat',
  hidden: 4,
  heads: 2,
})

/** Weights after a few steps on the data set; they belong to the caller. */
export async function trainedParameters(
  dataset: GraphDataset,
  architecture = smallGcn,
): Promise<Parameters> {
  const task = graphTask(dataset)
  const { parameters } = await train({
    network: buildNetwork(architecture, task.input),
    task,
    estimator: createEstimator(estimatorSchema.parse({ name: 'bp' }), crossEntropy),
    options: trainingSchema.parse({
      epochs: 40,
      learningRate: 0.05,
      weightDecay: 5e-4,
      curvePoints: 1,
      curveExamples: 0,
    }),
    seed: 0,
  })
  return parameters
}

/** A victim with those weights, freed after the test. */
export async function trainedVictim(
  t: ExecutionContext,
  dataset: GraphDataset,
  architecture = smallGcn,
): Promise<GraphVictim> {
  const parameters = await trainedParameters(dataset, architecture)
  t.teardown(() => tf.dispose(Object.values(parameters)))
  return graphVictim(architecture, dataset.classes.length, parameters)
}
