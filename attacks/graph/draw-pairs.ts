import type { Generator } from '../../src/random/generator.ts'
import { type Pair, pairKey } from './graph.ts'

/** Draws in vain after which all pairs are looked at. */
const patience = 200

/**
 * One of the pairs of different nodes that are accepted, each equally likely; undefined where there
 * is none.
 *
 * @param accepts the same for (u, v) and (v, u)
 */
export function drawPair(
  nodes: number,
  random: Generator,
  accepts: (u: number, v: number) => boolean,
): Pair | undefined {
  for (let draw = 0; nodes > 1 && draw < patience; draw++) {
    const [u, v] = [random.integer(nodes), random.integer(nodes)]
    if (u !== v && accepts(u, v)) return [u, v]
  }
  const accepted: Pair[] = []
  for (let u = 0; u < nodes; u++) {
    for (let v = u + 1; v < nodes; v++) if (accepts(u, v)) accepted.push([u, v])
  }
  return accepted.length > 0 ? accepted[random.integer(accepted.length)] : undefined
}

/**
 * Different pairs, drawn one after the other: `count` of them, or fewer where no more is accepted.
 *
 * @param drawNext one more pair that is none of the taken ones
 */
export function drawPairs(
  nodes: number,
  count: number,
  drawNext: (isTaken: (u: number, v: number) => boolean) => Pair | undefined,
): Pair[] {
  const taken = new Set<number>()
  const pairs: Pair[] = []
  while (pairs.length < count) {
    const pair = drawNext((u, v) => taken.has(pairKey(nodes, u, v)))
    if (!pair) break
    taken.add(pairKey(nodes, ...pair))
    pairs.push(pair)
  }
  return pairs
}
