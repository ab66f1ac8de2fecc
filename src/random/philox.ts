const multiplierA = 0xd2511f53
const multiplierB = 0xcd9e8d57
const weylA = 0x9e3779b9
const weylB = 0xbb67ae85

/**
 * One sequence of Philox4x32: 64 bits of key and the upper 64 bits of the counter. The lower 64
 * bits are the block (32 bits) and the lane (32 bits: side sequences of the same address).
 */
export interface PhiloxAddress {
  readonly key: readonly [number, number]
  readonly upper: readonly [number, number]
}

/**
 * Fills `out` with the words of Philox4x32-10 from block `firstBlock` on, four words a block.
 *
 * A word depends on its address alone, so any part of a sequence can be made anywhere, in any order.
 * The 32x32 to 64-bit products are put together from 16-bit halves, all in integer arithmetic.
 *
 * @param out filled whole; its length is a multiple of 4
 * @param firstBlock index of the first block, below 2^32
 * @param lane which side sequence, below 2^32
 * @see Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011
 */
export function philox(
  address: PhiloxAddress,
  firstBlock: number,
  out: Uint32Array,
  lane = 0,
): void {
  const [key0, key1] = address.key
  const [upper0, upper1] = address.upper
  const aHigh = multiplierA >>> 16
  const aLow = multiplierA & 0xffff
  const bHigh = multiplierB >>> 16
  const bLow = multiplierB & 0xffff
  for (let at = 0, block = firstBlock; at < out.length; at += 4, block++) {
    let x0 = block | 0
    let x1 = lane | 0
    let x2 = upper0 | 0
    let x3 = upper1 | 0
    let k0 = key0 | 0
    let k1 = key1 | 0
    for (let round = 0; round < 10; round++) {
      const x0Low = x0 & 0xffff
      const x0High = x0 >>> 16
      const aCross = Math.imul(aLow, x0High) + (Math.imul(aLow, x0Low) >>> 16)
      const aMiddle = Math.imul(aHigh, x0Low) + (aCross & 0xffff)
      const highA = (Math.imul(aHigh, x0High) + (aCross >>> 16) + (aMiddle >>> 16)) | 0
      const x2Low = x2 & 0xffff
      const x2High = x2 >>> 16
      const bCross = Math.imul(bLow, x2High) + (Math.imul(bLow, x2Low) >>> 16)
      const bMiddle = Math.imul(bHigh, x2Low) + (bCross & 0xffff)
      const highB = (Math.imul(bHigh, x2High) + (bCross >>> 16) + (bMiddle >>> 16)) | 0
      const lowA = Math.imul(multiplierA, x0)
      const lowB = Math.imul(multiplierB, x2)
      x0 = highB ^ x1 ^ k0
      x1 = lowB
      x2 = highA ^ x3 ^ k1
      x3 = lowA
      k0 = (k0 + weylA) | 0
      k1 = (k1 + weylB) | 0
    }
    out[at] = x0
    out[at + 1] = x1
    out[at + 2] = x2
    out[at + 3] = x3
  }
}
