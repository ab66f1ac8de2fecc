import test from 'ava'
import { citations } from '../../../src/data/graph/citations.ts'
import { gcnAccuracy } from './gcn.ts'

const graph = citations({ train: 80, test: 320, seed: 1 })

test('a generated graph is the same on every machine', t => {
  // What this code generated on Node 20.20 (x86-64) when the model was settled.
  t.is(graph.sha256, '92f72882e31c332bf416ea176440e263f35e4af746d9daf11fa79f364819251f')
  t.not(citations({ train: 80, test: 320, seed: 2 }).sha256, graph.sha256)
})

test('classes, split and edges are as declared', t => {
  const counts = graph.classes.map((_, label) => graph.labels.filter(l => l === label).length)
  t.deepEqual(counts, [125, 125, 125, 125])
  const { train, validation, test: tested } = graph
  t.deepEqual([train.length, validation.length, tested.length], [80, 100, 320])
  t.is(new Set([...train, ...validation, ...tested]).size, 500)
  for (let i = 0; i < graph.edges.length; i += 2) t.true(graph.edges[i]! < graph.edges[i + 1]!)
  t.is(graph.features.indptr.at(-1), graph.features.indices.length)
})

test('words and edges together say more than either alone', t => {
  const both = gcnAccuracy(graph, 'both')
  const features = gcnAccuracy(graph, 'features')
  const edges = gcnAccuracy(graph, 'edges')
  t.log({ both, features, edges })
  t.true(both > 0.83)
  t.true(features < 0.6)
  t.true(edges < both - 0.08)
})
