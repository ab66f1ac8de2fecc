import test, { type ExecutionContext } from 'ava'
import type {
  Dataset,
  GraphDataset,
  ImageDataset,
  SequenceDataset,
} from '../../src/data/dataset.ts'
import { dataFolders } from '../../src/data/folder.ts'
import { rowOf } from '../../src/data/graph/sparse-rows.ts'
import { loadDataset } from '../../src/data/load.ts'
import { entryNamed } from '../../src/data/registry.ts'
import { verifyFiles } from '../../src/data/verify.ts'
import { UsageError } from '../../src/errors.ts'

/** Loads a set; undefined, with a word about it, where its files are not at hand. */
async function atHand<Kind extends Dataset['kind']>(
  t: ExecutionContext,
  name: string,
  kind: Kind,
): Promise<Extract<Dataset, { kind: Kind }> | undefined> {
  const set = await loadDataset({ name }).catch(error => {
    if (error instanceof UsageError && error.message.startsWith('missing data file')) {
      return undefined
    }
    throw error
  })
  if (set?.kind === kind) return set as Extract<Dataset, { kind: Kind }>
  t.is(set, undefined)
  t.log(`${name} is not here: nothing checked (GAUNTLET_DATA names a folder that has it)`)
  t.pass()
  return undefined
}

function classCounts(labels: ArrayLike<number>, { classes }: Pick<Dataset, 'classes'>): number[] {
  return classes.map((_, label) => Array.from(labels).filter(found => found === label).length)
}

test('CIFAR-10 records have balanced classes and the published mean', async t => {
  const set: ImageDataset | undefined = await atHand(t, 'cifar10-unofficial', 'images')
  if (!set) return
  t.deepEqual(classCounts(set.test.labels, set), Array(10).fill(1000))
  const sums = [0, 0, 0]
  for (const [i, value] of set.train.images.entries()) sums[i % 3]! += value
  const means = sums.map(sum => sum / (set.train.count * 1024))
  // The means of all 50 000 images; a part of them comes close.
  for (const [c, mean] of [0.4914, 0.4822, 0.4465].entries()) {
    t.true(Math.abs(means[c]! - mean) < 0.005)
  }
})

const texts: Readonly<Record<string, { train: number[]; test: number[] }>> = {
  'ag-news-5000': { train: [1259, 1257, 1281, 1203], test: Array(4).fill(1900) },
  trec: { train: [86, 1162, 1250, 1223, 835, 896], test: [9, 138, 94, 65, 81, 113] },
  sst2: { train: [3310, 3610], test: [912, 909] },
}

for (const [name, counts] of Object.entries(texts)) {
  test(`${name} has the known numbers of texts in each class`, async t => {
    const set: SequenceDataset | undefined = await atHand(t, name, 'sequences')
    if (!set) return
    t.deepEqual(classCounts(set.train.labels, set), counts.train)
    t.deepEqual(classCounts(set.test.labels, set), counts.test)
    t.true(set.train.lengths.every(length => length >= 1 && length <= set.length))
    t.true(set.train.tokens.every(id => id >= 0 && id < set.vocabulary.length))
  })
}

const graphs = {
  cora: { nodes: 2708, edges: 5278, ones: 49216, features: 1433, train: 140 },
  citeseer: { nodes: 3327, edges: 4552, ones: 105165, features: 3703, train: 120 },
} as const
const labels = {
  cora: [351, 217, 418, 818, 426, 298, 180],
  citeseer: [249, 590, 668, 701, 596, 508],
} as const

for (const [name, facts] of Object.entries(graphs)) {
  const classes = labels[name as keyof typeof labels]

  test(`${name} has the published numbers, from pickles and from tables alike`, async t => {
    const graph: GraphDataset | undefined = await atHand(t, name, 'graph')
    const plain: GraphDataset | undefined = await atHand(t, `${name}-plain`, 'graph')
    if (!graph || !plain) return
    t.is(graph.nodes, facts.nodes)
    t.is(graph.edges.length, 2 * facts.edges)
    t.is(graph.features.count, facts.features)
    t.is(graph.features.indices.length, facts.ones)
    t.deepEqual(classCounts(graph.labels, graph), [...classes])
    const { train, validation, test: tested } = graph
    t.deepEqual([train.length, validation.length, tested.length], [facts.train, 500, 1000])
    t.is(graph.labels.filter(label => label === -1).length, name === 'citeseer' ? 15 : 0)
    t.true([...train, ...validation, ...tested].every(node => graph.labels[node] !== -1))
    t.deepEqual({ ...plain, name, sha256: graph.sha256 }, graph)
  })

  test(`${name} holds the same nodes in Planetoid's files and in the NumPy archive`, async t => {
    const graph: GraphDataset | undefined = await atHand(t, name, 'graph')
    const npz: GraphDataset | undefined = await atHand(t, `${name}-npz`, 'graph')
    if (!graph || !npz) return
    t.deepEqual(nodeKeys(npz), nodeKeys(graph))
    t.deepEqual(edgeKeys(npz), edgeKeys(graph))
    t.is(npz.train.length, facts.train)
  })
}

/** Class and words of each labelled node, in order. */
function nodeKeys(graph: GraphDataset): string[] {
  return Array.from(graph.labels, (label, node) => [label, node] as const)
    .filter(([label]) => label !== -1)
    .map(([label, node]) => `${graph.classes[label]}: ${rowOf(graph.features, node).indices}`)
    .sort()
}

/** Edges between labelled nodes by the words of their ends, in order. */
function edgeKeys({ edges, features, labels: known }: GraphDataset): string[] {
  const words = (node: number) => `${rowOf(features, node).indices}`
  const keys: string[] = []
  for (let i = 0; i < edges.length; i += 2) {
    const ends = [edges[i]!, edges[i + 1]!]
    if (ends.every(node => known[node] !== -1)) keys.push(ends.map(words).sort().join(' - '))
  }
  return keys.sort()
}

test('a graph with a part missing names the part', async t => {
  const states = await verifyFiles(entryNamed('pubmed'), dataFolders())
  const missing = states.find(({ state }) => state === 'missing')
  if (!missing) return t.pass()
  const [, name] = await t
    .throwsAsync(loadDataset({ name: 'pubmed' }), { instanceOf: UsageError })
    .then(error => /^missing data file: planetoid\/(\S+) /.exec(error.message) ?? [])
  t.is(name, missing.file.name)
})
