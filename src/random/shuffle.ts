import type { Generator } from './generator.ts'

/**
 * The numbers 0 … count − 1 in random order, every order equally likely.
 *
 * @see Fisher–Yates; Durstenfeld, "Algorithm 235: Random permutation", 1964
 */
export function permutation(count: number, random: Generator): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index)
  for (let last = count - 1; last > 0; last--) {
    const other = random.integer(last + 1)
    const moved = order[last]!
    order[last] = order[other]!
    order[other] = moved
  }
  return order
}
