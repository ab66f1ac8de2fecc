import {
  denseFeatures,
  edgeKeys,
  type Graph,
  pairOf,
  sparseFeatures,
  withFlippedPairs,
} from '../../attacks/graph/graph.ts'
import { changesBetween } from '../../attacks/graph/graph-budget.ts'
import type { CraftedGraph } from '../evaluation/attack-graph.ts'
import { encodeSafetensors } from '../training/safetensors.ts'
import { writeAtomically } from '../training/write-atomically.ts'
import { readTensors } from './stored-tensors.ts'

/**
 * Stores changed graphs by what is changed in them. Graph g has the targets, pairs and entries from
 * `..._starts[g]` to `..._starts[g + 1] − 1`: `targets` (nodes), `pairs [count, 2]` (nodes that were
 * joined or parted), `entries` (node · columns of the features + column) with `values`.
 */
export async function writeGraphs(
  file: string,
  clean: Graph,
  crafted: readonly CraftedGraph[],
  craftedOn: string,
): Promise<void> {
  const pairs = crafted.map(({ graph }) => flippedPairs(clean, graph))
  const entries = crafted.map(({ graph }) => changedEntries(clean, graph))
  const list = <Values extends Int32Array | Float32Array>(values: Values) => ({
    shape: [values.length],
    values,
  })
  const allPairs = joined(Int32Array, pairs)
  const targets = crafted.map(one => one.targets)
  const places = entries.map(one => one.places)
  const bytes = encodeSafetensors({
    metadata: { format: 'gauntlet-graphs-1', crafted_on: craftedOn },
    tensors: {
      queries: list(Float32Array.from(crafted, ({ queries }) => queries)),
      targets: list(joined(Int32Array, targets)),
      target_starts: list(starts(targets.map(({ length }) => length))),
      pairs: { shape: [allPairs.length / 2, 2], values: allPairs },
      pair_starts: list(starts(pairs.map(({ length }) => length / 2))),
      entries: list(joined(Int32Array, places)),
      entry_starts: list(starts(places.map(({ length }) => length))),
      values: list(
        joined(
          Float32Array,
          entries.map(one => one.values),
        ),
      ),
    },
  })
  await writeAtomically(file, bytes)
}

/** What is changed in one graph, as it is stored. */
export interface StoredChanges {
  /** The nodes that it was changed for. */
  readonly targets: Int32Array
  readonly queries: number
  /** `[count · 2]`: nodes that were joined or parted. */
  readonly pairs: Int32Array
  /** Places in the features in full: node · columns + column. */
  readonly places: Int32Array
  /** What stands at the places now. */
  readonly values: Float32Array
}

/**
 * The changes that a file holds, graph by graph.
 *
 * @throws WorkError if the file is missing or damaged
 */
export async function readChanges(file: string): Promise<StoredChanges[]> {
  const { floats, integers } = await readTensors(file, 'adversarial graphs')
  const of = (name: string, starts: string, width = 1) => {
    const [values, from] = [integers(name), integers(starts)]
    return (at: number) => values.subarray(width * from[at]!, width * from[at + 1]!)
  }
  const targets = of('targets', 'target_starts')
  const pairs = of('pairs', 'pair_starts', 2)
  const places = of('entries', 'entry_starts')
  const [values, from] = [floats('values'), integers('entry_starts')]
  return Array.from(floats('queries'), (queries, at) => ({
    targets: targets(at),
    queries,
    pairs: pairs(at),
    places: places(at),
    values: values.subarray(from[at]!, from[at + 1]!),
  }))
}

/**
 * The changed graphs that a file holds.
 *
 * @throws WorkError if the file is missing or damaged
 */
export async function readGraphs(file: string, clean: Graph): Promise<CraftedGraph[]> {
  return (await readChanges(file)).map(({ targets, queries, ...changes }) => {
    const graph = withChanges(clean, changes)
    return { targets, graph, ...changesBetween(clean, graph), queries }
  })
}

/** `[count · 2]`: pairs that are joined in one graph alone. */
function flippedPairs(clean: Graph, changed: Graph): Int32Array {
  const [before, after] = [edgeKeys(clean), edgeKeys(changed)]
  const flipped = [
    ...[...before].filter(key => !after.has(key)),
    ...[...after].filter(key => !before.has(key)),
  ]
  return Int32Array.from(flipped.flatMap(key => pairOf(clean.nodes, key)))
}

/** Places in the features in full, with what stands there now. */
function changedEntries(
  clean: Graph,
  changed: Graph,
): { readonly places: Int32Array; readonly values: Float32Array } {
  if (clean.features === changed.features) {
    return { places: new Int32Array(0), values: new Float32Array(0) }
  }
  const [before, after] = [denseFeatures(clean), denseFeatures(changed)]
  const places: number[] = []
  after.forEach((value, at) => {
    if (value !== before[at]) places.push(at)
  })
  return {
    places: Int32Array.from(places),
    values: Float32Array.from(places, at => after[at]!),
  }
}

function withChanges(
  clean: Graph,
  changes: Pick<StoredChanges, 'pairs' | 'places' | 'values'>,
): Graph {
  const { pairs, places, values } = changes
  const flips = Array.from(
    { length: pairs.length / 2 },
    (_, at) => [pairs[2 * at]!, pairs[2 * at + 1]!] as const,
  )
  const changed = withFlippedPairs(clean, flips)
  if (places.length === 0) return changed
  const dense = denseFeatures(clean)
  places.forEach((place, at) => {
    dense[place] = values[at]!
  })
  return { ...changed, features: sparseFeatures(dense, clean.features.count) }
}

/** Where each of several lists begins when they are joined, and where the last one ends. */
function starts(lengths: readonly number[]): Int32Array {
  const from = new Int32Array(lengths.length + 1)
  lengths.forEach((length, at) => {
    from[at + 1] = from[at]! + length
  })
  return from
}

function joined<Values extends Int32Array | Float32Array>(
  kind: new (length: number) => Values,
  parts: readonly Values[],
): Values {
  const from = starts(parts.map(({ length }) => length))
  const all = new kind(from.at(-1)!)
  parts.forEach((part, at) => {
    all.set(part, from[at])
  })
  return all
}
