import type { Victim } from './victim.ts'

/** An image's axes; what has none is a column of values. */
export interface Extent {
  readonly height: number
  readonly width: number
  readonly channels: number
}

/** One example under attack; all values row-major `[height, width, channels]`. */
export interface Canvas {
  readonly extent: Extent
  readonly epsilon: number
  readonly bounds: Victim['bounds']
  readonly clean: Float32Array
  /** The best change found so far is this less `clean`. */
  readonly best: Float32Array
  /** Where the new candidate goes. */
  readonly target: Float32Array
  /** Uniforms in [0, 1) that belong to this example and query. */
  readonly uniforms: Float32Array
}

/** How the candidates of one norm come about. */
export interface Pattern {
  /** Uniforms that `start` needs. */
  startNumbers(extent: Extent): number
  /** Uniforms that `propose` needs. */
  proposalNumbers(extent: Extent): number
  /** Writes the first candidate. */
  start(canvas: Canvas): void
  /** Writes a candidate that differs from the best one in windows of this side. */
  propose(canvas: Canvas, side: number): void
  /** The side of a window that covers this share of the image; odd for L2. */
  side(extent: Extent, share: number): number
}

const sign = (uniform: number) => (uniform < 0.5 ? -1 : 1)

/** Start of a window; every position that fits is equally likely, the last one too. */
const place = (uniform: number, length: number, side: number) =>
  Math.floor(uniform * (length - side + 1))

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high)

const sideOf = ({ height, width }: Extent, share: number) =>
  clamp(Math.round(Math.sqrt(share * height * width)), 1, Math.min(height, width))

/** Visits the values of one channel in a window: their index in the image and in the window. */
function eachInWindow(
  { width, channels }: Extent,
  [top, left]: readonly [number, number],
  side: number,
  channel: number,
  visit: (index: number, row: number, column: number) => void,
): void {
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      visit(((top + row) * width + left + column) * channels + channel, row, column)
    }
  }
}

/** Stripes, then squares that move every channel from one side of the ball to the other. */
export const linfPattern: Pattern = {
  startNumbers: ({ width, channels }) => width * channels,
  proposalNumbers: ({ channels }) => 2 + channels,
  side: sideOf,
  start({ extent: { width, channels }, epsilon, bounds: [low, high], clean, target, uniforms }) {
    const stripes = width * channels
    clean.forEach((value, at) => {
      target[at] = clamp(value + epsilon * sign(uniforms[at % stripes]!), low, high)
    })
  },
  propose({ extent, epsilon, bounds: [low, high], clean, best, target, uniforms }, side) {
    target.set(best)
    const corner = [
      place(uniforms[0]!, extent.height, side),
      place(uniforms[1]!, extent.width, side),
    ] as const
    for (let channel = 0; channel < extent.channels; channel++) {
      const change = 2 * epsilon * sign(uniforms[2 + channel]!)
      eachInWindow(extent, corner, side, channel, at => {
        const origin = clean[at]!
        const moved = clamp(best[at]! + change, origin - epsilon, origin + epsilon)
        target[at] = clamp(moved, low, high)
      })
    }
  },
}

/** Bumps on a grid, then mass that moves from one window to another. */
export const l2Pattern: Pattern = {
  startNumbers(extent) {
    const { down, across } = grid(extent)
    return down * across * (1 + extent.channels)
  },
  proposalNumbers: ({ channels }) => 5 + channels,
  side(extent, share) {
    const largest = (Math.min(extent.height, extent.width) - 1) | 1
    return Math.min(Math.max(sideOf(extent, share), 3) | 1, largest)
  },
  start(canvas) {
    const { extent, uniforms } = canvas
    const { side, down, across, top, left } = grid(extent)
    const change = new Float64Array(canvas.clean.length)
    const values = bump(side)
    let drawn = 0
    for (let cell = 0; cell < down * across; cell++) {
      const row = top + side * Math.floor(cell / across)
      const corner = [row, left + side * (cell % across)] as const
      const turned = uniforms[drawn++]! < 0.5
      for (let channel = 0; channel < extent.channels; channel++) {
        const factor = sign(uniforms[drawn++]!)
        eachInWindow(extent, corner, side, channel, (at, i, j) => {
          change[at] = factor * values[turned ? j * side + i : i * side + j]!
        })
      }
    }
    spread(canvas, change)
  },
  propose(canvas, side) {
    const { extent, clean, best, uniforms } = canvas
    const change = new Float64Array(best.length)
    for (let at = 0; at < change.length; at++) change[at] = best[at]! - clean[at]!
    const corner = (first: number) =>
      [
        place(uniforms[first]!, extent.height, side),
        place(uniforms[first + 1]!, extent.width, side),
      ] as const
    moveMass(canvas, change, side, corner(0), corner(2))
    spread(canvas, change)
  },
}

/** Gathers in window `to`, channel by channel, what windows `to` and `from` and the ball leave. */
function moveMass(
  { extent, epsilon, uniforms }: Canvas,
  change: Float64Array,
  side: number,
  to: readonly [number, number],
  from: readonly [number, number],
): void {
  const values = bump(side)
  const turned = uniforms[4]! < 0.5
  const unused = Math.max(epsilon ** 2 - sumOfSquares(change), 0) / extent.channels
  for (let channel = 0; channel < extent.channels; channel++) {
    const factor = sign(uniforms[5 + channel]!)
    const fresh = new Float64Array(side * side)
    let mass = 0
    eachInWindow(extent, to, side, channel, (at, i, j) => {
      fresh[i * side + j] = change[at]!
      mass += change[at]! ** 2
    })
    const before = Math.max(Math.sqrt(mass), 1e-12)
    fresh.forEach((value, at) => {
      const i = Math.floor(at / side)
      const j = at % side
      fresh[at] = value / before + factor * values[turned ? j * side + i : at]!
    })
    eachInWindow(extent, to, side, channel, at => {
      change[at] = 0
    })
    eachInWindow(extent, from, side, channel, at => {
      mass += change[at]! ** 2
      change[at] = 0
    })
    const scale = Math.sqrt(unused + mass) / Math.max(Math.sqrt(sumOfSquares(fresh)), 1e-12)
    eachInWindow(extent, to, side, channel, (at, i, j) => {
      change[at] = fresh[i * side + j]! * scale
    })
  }
}

/** Writes the change, stretched to the sphere of radius epsilon and cut to the box. */
function spread(
  { epsilon, bounds: [low, high], clean, target }: Canvas,
  change: Float64Array,
): void {
  const scale = epsilon / Math.max(Math.sqrt(sumOfSquares(change)), 1e-12)
  for (let at = 0; at < change.length; at++) {
    target[at] = clamp(clean[at]! + change[at]! * scale, low, high)
  }
}

function sumOfSquares(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value * value
  return sum
}

/** Five cells along the shorter side of the image, as many as fit along the longer. */
function grid({ height, width }: Extent) {
  const side = Math.max(1, Math.floor(Math.min(height, width) / 5))
  const down = Math.floor(height / side)
  const across = Math.floor(width / side)
  const top = Math.floor((height - side * down) / 2)
  const left = Math.floor((width - side * across) / 2)
  return { side, down, across, top, left }
}

const bumps = new Map<number, Float64Array>()

/** A hill above a valley, `[side, side]`, of Euclidean norm one. */
function bump(side: number): Float64Array {
  const known = bumps.get(side)
  if (known) return known
  const upper = Math.floor(side / 2)
  const values = Float64Array.from([...hill(upper, side), ...hill(side - upper, side).map(v => -v)])
  const length = Math.sqrt(sumOfSquares(values))
  const unit = values.map(value => value / length)
  bumps.set(side, unit)
  return unit
}

/** Falls in rings around the middle of `[height, width]`, norm one: ring D has Σ_{k≥D} (k+1)⁻². */
function hill(height: number, width: number): number[] {
  const middle = [Math.floor(height / 2), Math.floor(width / 2)] as const
  const rings = Math.max(...middle)
  const values = Array.from({ length: height * width }, (_, at) => {
    const down = Math.abs(Math.floor(at / width) - middle[0])
    const ring = Math.max(down, Math.abs((at % width) - middle[1]))
    let sum = 0
    for (let k = ring; k <= rings; k++) sum += (k + 1) ** -2
    return sum
  })
  const length = Math.hypot(...values)
  return values.map(value => value / length)
}
