import { edgeKeys, neighboursOf, pairKey, pairOf } from '../../attacks/graph/graph.ts'
import type { GraphDataset } from '../../src/data/dataset.ts'
import { readChanges, type StoredChanges } from '../../src/runner/graph-files.ts'
import type { GraphContent } from '../schemas/gallery.ts'
import type { Asked, Read } from './images.ts'
import { orProblem, readStored } from './stored.ts'

/** More nodes than these are not told apart in a small drawing. */
const mostNodes = 40

/** Most changed features that are listed. */
const mostEntries = 24

/** The surroundings of target nodes with what was changed there. */
export async function readNeighbourhoods(
  { examples, file }: Asked,
  dataset: GraphDataset | undefined,
  problems: string[],
): Promise<Read> {
  if (!dataset) return {}
  const path = orProblem(file, problems)
  const stored =
    path === undefined
      ? undefined
      : orProblem(await readStored(path, () => readChanges(path)), problems)
  const surroundings = { dataset, keys: edgeKeys(dataset), neighbours: neighboursOf(dataset) }
  const graphs = examples.flatMap(example => {
    const node = dataset.test[example]
    if (node === undefined) return []
    const changes = stored?.find(({ targets }) => targets.includes(node))
    return [contentOf(surroundings, example, node, changes)]
  })
  return { graphs }
}

interface Surroundings {
  readonly dataset: GraphDataset
  readonly keys: ReadonlySet<number>
  readonly neighbours: readonly ReadonlySet<number>[]
}

function contentOf(
  { dataset, keys, neighbours }: Surroundings,
  example: number,
  node: number,
  changes: StoredChanges | undefined,
): GraphContent {
  const { nodes: count, labels } = dataset
  const flipped = new Set<number>()
  const joined = new Map<number, number[]>()
  const pairs = changes?.pairs ?? new Int32Array(0)
  for (let at = 0; at < pairs.length; at += 2) {
    const [u, v] = [pairs[at]!, pairs[at + 1]!]
    const key = pairKey(count, u, v)
    flipped.add(key)
    if (keys.has(key)) continue
    joined.set(u, [...(joined.get(u) ?? []), v])
    joined.set(v, [...(joined.get(v) ?? []), u])
  }
  // Changed pairs first, so that none of the target's is left out where there is no room for all.
  const around = (of: number) => {
    const all = [...new Set([...(joined.get(of) ?? []), ...neighbours[of]!])]
    return all.sort((a, b) => rank(of, b) - rank(of, a))
  }
  const rank = (of: number, other: number) => Number(flipped.has(pairKey(count, of, other)))
  const hops = new Map([[node, 0]])
  const first = around(node)
  for (const other of first.slice(0, mostNodes - 1)) hops.set(other, 1)
  const second = new Set(first.flatMap(around).filter(other => !hops.has(other)))
  if (hops.size + second.size <= mostNodes) for (const other of second) hops.set(other, 2)
  const edges = new Map<number, GraphContent['edges'][number]>()
  for (const one of hops.keys()) {
    for (const other of around(one)) {
      // A pair of the outermost nodes says nothing about the target, unless it was changed.
      const key = pairKey(count, one, other)
      const outer = hops.get(one) === 2 && hops.get(other) === 2 && !flipped.has(key)
      if (!hops.has(other) || outer) continue
      const [u, v] = pairOf(count, key)
      const state = !flipped.has(key) ? 'kept' : keys.has(key) ? 'removed' : 'added'
      edges.set(key, { u, v, state })
    }
  }
  const removed = [...flipped].filter(key => keys.has(key)).length
  return {
    example,
    node,
    nodes: [...hops].map(([one, hop]) => ({ node: one, label: labels[one]!, hop })),
    edges: [...edges.values()],
    leftOut: Math.max(0, first.length - (mostNodes - 1)),
    added: flipped.size - removed,
    removed,
    entries: entriesOf(dataset, node, changes),
    changedEntries: changes?.places.length ?? 0,
  }
}

function entriesOf(
  { features }: GraphDataset,
  node: number,
  changes: StoredChanges | undefined,
): GraphContent['entries'] {
  if (!changes) return []
  const { indptr, indices, values, count } = features
  const before = new Map<number, number>()
  for (let at = indptr[node]!; at < indptr[node + 1]!; at++) before.set(indices[at]!, values[at]!)
  return Array.from(changes.places, (place, at) => ({ place, after: changes.values[at]! }))
    .filter(({ place }) => Math.floor(place / count) === node)
    .slice(0, mostEntries)
    .map(({ place, after }) => {
      const column = place % count
      return { column, before: before.get(column) ?? 0, after }
    })
}
