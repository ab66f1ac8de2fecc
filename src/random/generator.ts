import { stream } from './stream.ts'

/** Random numbers one after the other, for code that does not know beforehand how many it needs. */
export interface Generator {
  /** An integer in [0, 2^32). */
  uint32(): number
  /** A number in [0, 1), 32 bits. */
  uniform(): number
  /** A standard normal number. */
  normal(): number
  /** An integer in [0, bound), without modulo bias; `bound` at most 2^32. */
  integer(bound: number): number
}

/** A generator over the stream of this address (see `stream`). */
export function generator(seed: number, ...path: readonly (number | string)[]): Generator {
  const source = stream(seed, ...path)
  const normals = stream(seed, ...path, 'normal')
  const words = new Uint32Array(64)
  const normal = new Float32Array(1)
  let drawn = 0
  let drawnNormals = 0
  const uint32 = () => {
    const at = drawn % words.length
    if (at === 0) source.words(words, drawn)
    drawn++
    return words[at]!
  }
  return {
    uint32,
    uniform: () => uint32() / 2 ** 32,
    normal: () => normals.normals(normal, drawnNormals++)[0]!,
    integer(bound) {
      if (!(Number.isInteger(bound) && bound >= 1 && bound <= 2 ** 32)) {
        throw new RangeError(`invalid bound: ${bound} (an integer from 1 to 2^32)`)
      }
      const fair = 2 ** 32 - (2 ** 32 % bound)
      for (;;) {
        const word = uint32()
        if (word < fair) return word % bound
      }
    },
  }
}
