import type { Generator } from '../../src/random/generator.ts'
import { type Pair, pairKey } from './graph.ts'

/** Draws a pair, each of those left equally likely and none twice; undefined when none is left. */
export type DrawPair = () => Pair | undefined

/** Draws in vain after which all pairs are looked at. */
const patience = 1000

/** Draws from a list of different pairs. */
export function drawFrom(pairs: readonly Pair[], random: Generator): DrawPair {
  const left = [...pairs]
  return () => {
    if (left.length === 0) return undefined
    const at = random.integer(left.length)
    const drawn = left[at]
    left[at] = left.at(-1)!
    left.pop()
    return drawn
  }
}

/**
 * Draws from the pairs of different nodes that are accepted. Fast where these are many.
 *
 * @param accepts the same for (u, v) and (v, u)
 */
export function drawAccepted(
  nodes: number,
  random: Generator,
  accepts: (u: number, v: number) => boolean,
): DrawPair {
  const taken = new Set<number>()
  const isLeft = (u: number, v: number) => accepts(u, v) && !taken.has(pairKey(nodes, u, v))
  let drawRest: DrawPair | undefined
  return () => {
    for (let draw = 0; !drawRest && draw < patience; draw++) {
      const [u, v] = [random.integer(nodes), random.integer(nodes)]
      if (u === v || !isLeft(u, v)) continue
      taken.add(pairKey(nodes, u, v))
      return [u, v]
    }
    drawRest ??= drawFrom(allPairs(nodes, isLeft), random)
    return drawRest()
  }
}

function allPairs(nodes: number, accepts: (u: number, v: number) => boolean): Pair[] {
  const accepted: Pair[] = []
  for (let u = 0; u < nodes; u++) {
    for (let v = u + 1; v < nodes; v++) if (accepts(u, v)) accepted.push([u, v])
  }
  return accepted
}

/** As many pairs as are asked for, or all there are. */
export function drawPairs(count: number, draw: DrawPair): Pair[] {
  const pairs: Pair[] = []
  while (pairs.length < count) {
    const pair = draw()
    if (!pair) break
    pairs.push(pair)
  }
  return pairs
}
