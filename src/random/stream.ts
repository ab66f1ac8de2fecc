import { createHash } from 'node:crypto'
import { type PhiloxAddress, philox } from './philox.ts'
import { ziggurat } from './ziggurat.ts'

/**
 * An endless sequence of random numbers that can be read from any position: the numbers at a
 * position are the same whatever was read before, on every engine and machine.
 */
export interface Stream {
  /** Fills `out` with normals; `out[i]` is number `first + i` of the sequence. */
  normals(out: Float32Array, first?: number): Float32Array
  /** Fills `out` with uniforms in [0, 1) of 24 bits; `out[i]` is number `first + i`. */
  uniforms(out: Float32Array, first?: number): Float32Array
  /** Fills `out` with 32-bit words; `out[i]` is word `first + i`. */
  words(out: Uint32Array, first?: number): Uint32Array
}

/**
 * The stream with this address. Different addresses give independent streams.
 *
 * @param seed any safe integer
 * @param path what the numbers are for, e.g. `'noise', step, site, copy`
 */
export function stream(seed: number, ...path: readonly (number | string)[]): Stream {
  const address = addressOf(seed, path)
  const words = (out: Uint32Array, first = 0) => {
    const skipped = first & 3
    const aligned = skipped === 0 && (out.length & 3) === 0
    const blocks = aligned ? out : new Uint32Array((skipped + out.length + 3) & ~3)
    philox(address, Math.floor(first / 4), blocks)
    if (!aligned) out.set(blocks.subarray(skipped, skipped + out.length))
    return out
  }
  return {
    words,
    uniforms(out, first = 0) {
      const bits = words(new Uint32Array(out.length), first)
      for (let at = 0; at < out.length; at++) out[at] = (bits[at]! >>> 8) / 2 ** 24
      return out
    },
    normals(out, first = 0) {
      const bits = words(new Uint32Array(out.length), first)
      ziggurat(bits, out, at => sideUniforms(address, first + at))
      return out
    },
  }
}

/** Uniforms in (0, 1) that belong to one number of a stream: its own lanes, from lane 1 on. */
function sideUniforms(address: PhiloxAddress, index: number): () => number {
  const block = new Uint32Array(4)
  let lane = 1
  let used = 4
  return () => {
    if (used === 4) {
      philox(address, index, block, lane++)
      used = 0
    }
    return (block[used++]! + 0.5) / 2 ** 32
  }
}

/** Spreads seed and path over the 128 bits of an address. */
function addressOf(seed: number, path: readonly (number | string)[]): PhiloxAddress {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`invalid seed: ${seed} (a safe integer)`)
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, ...path]))
    .digest()
  return {
    key: [digest.readUInt32LE(0), digest.readUInt32LE(4)],
    upper: [digest.readUInt32LE(8), digest.readUInt32LE(12)],
  }
}
