import type { Stream } from '../../random/stream.ts'

/**
 * Plasma fractal on a torus by the diamond-square algorithm, scaled to [0, 1]: the grid is halved
 * again and again, each new point is the mean of its four neighbours plus noise, whose amplitude
 * falls with the square of `fading` from grid to grid.
 *
 * @param side of the square, a power of two
 * @returns [side, side]
 * @see Fournier, Fussell and Carpenter (1982), Computer rendering of stochastic models.
 */
export function plasma(side: number, fading: number, random: Stream): Float32Array {
  const noise = random.uniforms(new Float32Array(side * side))
  const map = new Float64Array(side * side)
  const place = (y: number, x: number) => (y & (side - 1)) * side + (x & (side - 1))
  let amplitude = 100 ** 2
  for (let step = side; step >= 2; step /= 2) {
    const half = step / 2
    /** Sets a point to the mean of the four at these two offsets and their opposites. */
    const set = (y: number, x: number, [dy, dx]: Offset, [ey, ex]: Offset) => {
      const at = place(y, x)
      const around =
        map[place(y + dy, x + dx)]! +
        map[place(y - dy, x - dx)]! +
        map[place(y + ey, x + ex)]! +
        map[place(y - ey, x - ex)]!
      map[at] = around / 4 + amplitude * (2 * noise[at]! - 1)
    }
    const everywhere = (f: (y: number, x: number) => void) => {
      for (let y = 0; y < side; y += step) for (let x = 0; x < side; x += step) f(y, x)
    }
    everywhere((y, x) => set(y + half, x + half, [half, half], [half, -half]))
    everywhere((y, x) => {
      set(y, x + half, [half, 0], [0, half])
      set(y + half, x, [half, 0], [0, half])
    })
    amplitude /= fading ** 2
  }
  const low = map.reduce((least, value) => Math.min(least, value), Infinity)
  const high = map.reduce((most, value) => Math.max(most, value), -Infinity)
  return Float32Array.from(map, value => (value - low) / (high - low))
}

type Offset = readonly [y: number, x: number]
