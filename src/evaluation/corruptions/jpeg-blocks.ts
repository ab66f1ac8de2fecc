/** Quantisation of the 64 frequencies at quality 50, row by row: ITU-T T.81, tables K.1 and K.2. */
const tables = {
  luma: [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113,
    92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
  ],
  chroma: [
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99,
    47, 66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
  ],
} as const

/** Orthonormal cosine basis: [frequency, place]. */
const cosines = Float64Array.from({ length: 64 }, (_, at) => {
  const [frequency, place] = [Math.floor(at / 8), at % 8]
  const scale = frequency === 0 ? Math.sqrt(1 / 8) : 1 / 2
  return scale * Math.cos(((2 * place + 1) * frequency * Math.PI) / 16)
})

/** The 64 quantisation steps at a quality from 1 to 100, as libjpeg scales them. */
export function quantisation(kind: 'luma' | 'chroma', quality: number): Float64Array {
  const percent = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality
  return Float64Array.from(tables[kind], step =>
    Math.min(Math.max(Math.floor((step * percent + 50) / 100), 1), 255),
  )
}

/**
 * A plane after its 8x8 blocks were transformed, quantised and transformed back.
 *
 * @param values [height, width], both multiples of 8, from 0 to 255
 * @param steps of the 64 frequencies
 */
export function blockwise(values: Float32Array, width: number, steps: Float64Array): Float32Array {
  const out = new Float32Array(values.length)
  const block = new Float64Array(64)
  const height = values.length / width
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      const place = (at: number) => (top + (at >> 3)) * width + left + (at & 7)
      for (let at = 0; at < 64; at++) block[at] = values[place(at)]! - 128
      const frequencies = transform(block, (frequency, at) => cosines[frequency * 8 + at]!)
      for (let at = 0; at < 64; at++) {
        frequencies[at] = Math.round(frequencies[at]! / steps[at]!) * steps[at]!
      }
      const restored = transform(frequencies, (at, frequency) => cosines[frequency * 8 + at]!)
      for (let at = 0; at < 64; at++) out[place(at)] = restored[at]! + 128
    }
  }
  return out
}

/** A X Aᵀ for a block X and the matrix A given by its entries. */
function transform(block: Float64Array, entry: (row: number, column: number) => number) {
  const half = new Float64Array(64)
  const whole = new Float64Array(64)
  for (let i = 0; i < 8; i++) {
    for (let j = 0; j < 8; j++) {
      for (let k = 0; k < 8; k++) half[i * 8 + j]! += entry(i, k) * block[k * 8 + j]!
    }
  }
  for (let i = 0; i < 8; i++) {
    for (let j = 0; j < 8; j++) {
      for (let k = 0; k < 8; k++) whole[i * 8 + j]! += half[i * 8 + k]! * entry(j, k)
    }
  }
  return whole
}
