/**
 * A 32-bit hash: a bijection whose every bit depends on every bit.
 *
 * @see the finaliser of MurmurHash3, Appleby 2011
 */
export function mix(word: number): number {
  let x = word
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}

/** Up to this length a shuffle is followed step by step; that is faster than rounds. */
const shuffled = 32

/** Enough that every order of a few numbers is about as likely. */
const rounds = 16

/**
 * Where `index` goes in a permutation of 0 … length − 1 that the key chooses, without making the
 * others: by following one place through a shuffle; for long ones by rounds, in each of which a
 * number and its mirror image about a random centre change places or not.
 *
 * @param length at least 1
 * @param key 32 bits
 * @see Durstenfeld, "Algorithm 235: Random permutation", 1964
 * @see Hoang, Morris and Rogaway, "An enciphering scheme based on a card shuffle", 2012
 */
export function permute(index: number, length: number, key: number): number {
  let i = index
  if (length <= shuffled) {
    for (let last = length - 1; last > 0; last--) {
      const other = Math.floor((mix(key + last) * (last + 1)) / 2 ** 32)
      if (i === last) i = other
      else if (i === other) i = last
      if (i === last) return i
    }
    return i
  }
  for (let round = 1; round <= rounds; round++) {
    const roundKey = mix(key ^ Math.imul(round, 0x9e3779b9))
    const mirrored = ((roundKey % length) + length - i) % length
    const coin = mix(roundKey ^ Math.imul(Math.max(i, mirrored) + 1, 0x85ebca77))
    if (coin >>> 31) i = mirrored
  }
  return i
}
