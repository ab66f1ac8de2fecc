import { truncate } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { denseFeatures, sparseFeatures, withFlippedPairs } from '../../attacks/graph/graph.ts'
import { changesBetween } from '../../attacks/graph/graph-budget.ts'
import { WorkError } from '../../src/errors.ts'
import type { CraftedGraph } from '../../src/evaluation/attack-graph.ts'
import { readGraphs, writeGraphs } from '../../src/runner/graph-files.ts'
import { smallCitations } from '../attacks/graph/small-citations.ts'
import { temporaryFolder } from './command.ts'

const clean = smallCitations(40)

function crafted(targets: number[], pairs: [number, number][], places: number[]): CraftedGraph {
  const dense = denseFeatures(clean)
  for (const place of places) dense[place] = 1 - dense[place]!
  const flipped = withFlippedPairs(clean, pairs)
  const graph =
    places.length === 0
      ? flipped
      : { ...flipped, features: sparseFeatures(dense, clean.features.count) }
  const queries = 1 + targets.length
  return { targets: Int32Array.from(targets), graph, ...changesBetween(clean, graph), queries }
}

test('changed graphs are read as they were written', async t => {
  const file = join(await temporaryFolder(t), 'graphs.safetensors')
  const [u, v] = [clean.edges[0]!, clean.edges[1]!]
  const graphs = [
    crafted([3, 5], [[u, v]], []),
    crafted([7], [], [0, 161, 6399]),
    crafted([9], [[38, 39]], [12]),
    crafted([1], [], []),
  ]
  await writeGraphs(file, clean, graphs, 'a model')
  const read = await readGraphs(file, clean)
  t.deepEqual(
    read.map(({ edges, entries, queries, targets }) => [edges, entries, queries, ...targets]),
    [
      [1, 0, 3, 3, 5],
      [0, 3, 2, 7],
      [1, 1, 2, 9],
      [0, 0, 2, 1],
    ],
  )
  for (const [at, { graph }] of read.entries()) {
    t.deepEqual(graph.edges, graphs[at]!.graph.edges)
    t.deepEqual(denseFeatures(graph), denseFeatures(graphs[at]!.graph))
  }
})

test('a damaged or missing file is one line', async t => {
  const file = join(await temporaryFolder(t), 'graphs.safetensors')
  await t.throwsAsync(readGraphs(file, clean), {
    instanceOf: WorkError,
    message: /^cannot read adversarial graphs: /,
  })
  await writeGraphs(file, clean, [crafted([3], [[38, 39]], [])], 'a model')
  await truncate(file, 200)
  await t.throwsAsync(readGraphs(file, clean), {
    instanceOf: WorkError,
    message: /^invalid safetensors file: /,
  })
})
