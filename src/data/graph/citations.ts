import { createHash } from 'node:crypto'
import { type Generator, generator } from '../../random/generator.ts'
import { permutation } from '../../random/shuffle.ts'
import type { GraphDataset } from '../dataset.ts'
import type { GeneratedRequest } from '../entry.ts'
import { undirectedEdges } from './edges.ts'
import { sparseRows } from './sparse-rows.ts'
import { drawSplit } from './split.ts'

const nodes = 500
const wordsPerClass = 40
/** Probability of an edge between two nodes of one class, and of two classes. */
const edgeProbability = { same: 0.025, other: 0.003 }
/** Words drawn for a node, and the share of them that comes from its class's own. */
const words = { drawn: 12, own: 0.25 }

/** Names of the four classes of `citations`, in the order of their labels. */
export const citationClasses = ['north', 'east', 'south', 'west'] as const

const wordCount = citationClasses.length * wordsPerClass

/**
 * The embedded synthetic graph: a stochastic block model of 500 nodes in four classes of 125, with
 * binary features, the presence of 160 words of which each class prefers 40.
 *
 * 80 nodes (20 of each class) are for training, 100 for validation, 320 for the test.
 *
 * Test accuracy of two layers with 16 hidden units, 200 steps of Adam, seeds 0, 1 and 2: graph
 * convolution 88, 87 and 86 %, without the edges (a perceptron on the words) 53, 52 and 50 %, without
 * the words 79, 74 and 78 %.
 *
 * @see Holland, Laskey and Leinhardt, "Stochastic blockmodels", 1983
 */
export function citations({ seed }: GeneratedRequest): GraphDataset {
  const random = (what: string) => generator(seed, 'citations', what)
  const labels = new Int32Array(nodes)
  for (const [i, node] of permutation(nodes, random('labels')).entries()) {
    labels[node] = i % citationClasses.length
  }
  const edges = undirectedEdges(nodes, drawEdges(labels, random('edges')))
  const drawWords = random('words')
  const rows = Array.from(labels, label => {
    const indices = wordsOf(label, drawWords)
    return { indices, values: indices.map(() => 1) }
  })
  const features = sparseRows(rows, wordCount)
  const sizes = { trainPerClass: 20, validation: 100, test: 320 }
  const split = drawSplit(labels, random('split'), sizes)
  const hash = createHash('sha256').update(labels).update(edges)
  hash.update(features.indptr).update(features.indices)
  for (const list of [split.train, split.validation, split.test]) hash.update(list)
  return {
    kind: 'graph',
    name: 'citations',
    classes: citationClasses,
    licence: 'MIT',
    sha256: hash.digest('hex'),
    provenance: 'generated',
    nodes,
    edges,
    features,
    labels,
    ...split,
  }
}

function* drawEdges(labels: Int32Array, random: Generator): Iterable<readonly [number, number]> {
  for (let u = 0; u < nodes; u++) {
    for (let v = u + 1; v < nodes; v++) {
      const { same, other } = edgeProbability
      if (random.uniform() < (labels[u] === labels[v] ? same : other)) yield [u, v]
    }
  }
}

/** The words of a node of this class, each once. */
function wordsOf(label: number, random: Generator): number[] {
  const drawn = new Set<number>()
  for (let i = 0; i < words.drawn; i++) {
    const own = random.uniform() < words.own
    drawn.add(
      own ? label * wordsPerClass + random.integer(wordsPerClass) : random.integer(wordCount),
    )
  }
  return [...drawn]
}
