import type { Generator } from '../../random/generator.ts'
import { permutation } from '../../random/shuffle.ts'
import type { GraphContent } from './graph-content.ts'

/** Sizes of a drawn split. */
export interface SplitSizes {
  readonly trainPerClass: number
  readonly validation: number
  readonly test: number
}

const planetoidSizes: SplitSizes = { trainPerClass: 20, validation: 500, test: 1000 }

/**
 * Draws a split in Planetoid's manner: 20 training nodes of each class, then 500 nodes for validation
 * and 1000 for the test, or as many as there are. Each list is ascending.
 *
 * @param labels class of each node; those with −1 are in no list
 */
export function drawSplit(
  labels: Int32Array,
  random: Generator,
  sizes = planetoidSizes,
): Pick<GraphContent, 'train' | 'validation' | 'test'> {
  const taken = new Map<number, number>()
  const train: number[] = []
  const rest: number[] = []
  for (const node of permutation(labels.length, random)) {
    const label = labels[node]!
    const ofClass = taken.get(label) ?? 0
    if (label === -1) continue
    taken.set(label, ofClass + 1)
    if (ofClass < sizes.trainPerClass) train.push(node)
    else rest.push(node)
  }
  const validation = rest.slice(0, sizes.validation)
  const test = rest.slice(sizes.validation, sizes.validation + sizes.test)
  return { train: ascending(train), validation: ascending(validation), test: ascending(test) }
}

function ascending(nodes: readonly number[]): Int32Array {
  return Int32Array.from(nodes).sort()
}
