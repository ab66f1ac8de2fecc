import { stream } from '../src/random/stream.ts'

/**
 * Random numbers for an attack on a batch: row `i` depends on the seed, the example's own number,
 * the purpose and the round, never on the batch that the example happens to be in.
 */
export interface AttackRandom {
  /** `[batch · size]` uniforms in [0, 1). */
  uniforms(purpose: string, round: number, size: number): Float32Array
  /** `[batch · size]` standard normals. */
  normals(purpose: string, round: number, size: number): Float32Array
  /** The same numbers for some rows of the batch. */
  rows(rows: readonly number[]): AttackRandom
}

/** @param examples each row's own number, e.g. its index in the test split */
export function attackRandom(seed: number, examples: readonly number[]): AttackRandom {
  const fill = (
    kind: 'uniforms' | 'normals',
    purpose: string,
    round: number,
    size: number,
  ): Float32Array => {
    const out = new Float32Array(examples.length * size)
    examples.forEach((example, row) => {
      const part = out.subarray(row * size, (row + 1) * size)
      stream(seed, 'attack', purpose, example, round)[kind](part)
    })
    return out
  }
  return {
    uniforms: (purpose, round, size) => fill('uniforms', purpose, round, size),
    normals: (purpose, round, size) => fill('normals', purpose, round, size),
    rows: rows =>
      attackRandom(
        seed,
        rows.map(row => examples[row]!),
      ),
  }
}
