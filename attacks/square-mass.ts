import { projectOntoL1Ball } from './l1-projection.ts'
import {
  type Canvas,
  clamp,
  type Extent,
  eachInWindow,
  type Pattern,
  place,
  sideOf,
  sign,
} from './square-patterns.ts'

/** What tells L2 and L1 apart, in both of which mass moves from window to window. */
interface Mass {
  /** `p` of the norm: mass is the sum of `|v|ᵖ`. */
  readonly power: 1 | 2
  /** How fast a bump falls from ring to ring. */
  readonly fall: number
  /** What a window is filled with, as a multiple of its share of what there is. */
  filling(channels: number): number
  /** Writes the candidate that a change stands for. */
  write(canvas: Canvas, change: Float64Array): void
}

/** Bumps on a grid, then mass that moves from one window to another. */
const massPattern = (mass: Mass): Pattern => ({
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
    const values = bump(mass, side)
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
    mass.write(canvas, change)
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
    moveMass(mass, canvas, change, side, corner(0), corner(2))
    mass.write(canvas, change)
  },
})

export const l2Pattern = massPattern({
  power: 2,
  fall: 2,
  filling: () => 1,
  write: stretched,
})

/** @see Croce and Hein, "Mind the box: l1-APGD for sparse adversarial attacks", 2021 */
export const l1Pattern = massPattern({
  power: 1,
  fall: 4,
  // In the published code a window is filled for all channels; the projection takes back the rest.
  filling: channels => channels,
  write: projected,
})

/** Gathers in window `to`, channel by channel, what windows `to` and `from` and the ball leave. */
function moveMass(
  mass: Mass,
  { extent, epsilon, uniforms }: Canvas,
  change: Float64Array,
  side: number,
  to: readonly [number, number],
  from: readonly [number, number],
): void {
  const values = bump(mass, side)
  const turned = uniforms[4]! < 0.5
  const { power } = mass
  const { channels } = extent
  const unused = Math.max(epsilon ** power - massOf(change, power), 0) / channels
  for (let channel = 0; channel < channels; channel++) {
    const factor = sign(uniforms[5 + channel]!)
    const fresh = new Float64Array(side * side)
    let held = 0
    eachInWindow(extent, to, side, channel, (at, i, j) => {
      fresh[i * side + j] = change[at]!
      held += Math.abs(change[at]!) ** power
    })
    const before = Math.max(held ** (1 / power), 1e-12)
    fresh.forEach((value, at) => {
      const i = Math.floor(at / side)
      const j = at % side
      fresh[at] = value / before + factor * values[turned ? j * side + i : at]!
    })
    eachInWindow(extent, to, side, channel, at => {
      change[at] = 0
    })
    eachInWindow(extent, from, side, channel, at => {
      held += Math.abs(change[at]!) ** power
      change[at] = 0
    })
    const length = mass.filling(channels) * (unused + held) ** (1 / power)
    const scale = length / Math.max(lengthOf(fresh, power), 1e-12)
    eachInWindow(extent, to, side, channel, (at, i, j) => {
      change[at] = fresh[i * side + j]! * scale
    })
  }
}

/** Writes the change, stretched to the sphere of radius epsilon and cut to the box. */
function stretched(
  { epsilon, bounds: [low, high], clean, target }: Canvas,
  change: Float64Array,
): void {
  const scale = epsilon / Math.max(lengthOf(change, 2), 1e-12)
  for (let at = 0; at < change.length; at++) {
    target[at] = clamp(clean[at]! + change[at]! * scale, low, high)
  }
}

/** Writes the change, projected onto the L1 ball of radius epsilon and the box. */
function projected({ epsilon, bounds, clean, target }: Canvas, change: Float64Array): void {
  const nearest = Float32Array.from(change)
  projectOntoL1Ball(nearest, clean, epsilon, bounds)
  nearest.forEach((value, at) => {
    target[at] = clamp(clean[at]! + value, bounds[0], bounds[1])
  })
}

/** `Σ |v|ᵖ` */
function massOf(values: Float64Array, power: number): number {
  let sum = 0
  for (const value of values) sum += Math.abs(value) ** power
  return sum
}

const lengthOf = (values: Float64Array, power: number) => massOf(values, power) ** (1 / power)

/** Five cells along the shorter side of the image, as many as fit along the longer. */
function grid({ height, width }: Extent) {
  const side = Math.max(1, Math.floor(Math.min(height, width) / 5))
  const down = Math.floor(height / side)
  const across = Math.floor(width / side)
  const top = Math.floor((height - side * down) / 2)
  const left = Math.floor((width - side * across) / 2)
  return { side, down, across, top, left }
}

const bumps = new Map<string, Float64Array>()

/** A hill above a valley, `[side, side]`, of norm one. */
function bump({ power, fall }: Mass, side: number): Float64Array {
  const key = `${power} ${side}`
  const known = bumps.get(key)
  if (known) return known
  const upper = Math.floor(side / 2)
  const below = hill(side - upper, side, power, fall).map(value => -value)
  const unit = ofLengthOne([...hill(upper, side, power, fall), ...below], power)
  bumps.set(key, unit)
  return unit
}

/** Falls in rings around the middle of `[height, width]`: ring D has Σ_{k≥D} (k+1)^(−fall). */
function hill(height: number, width: number, power: number, fall: number): Float64Array {
  const middle = [Math.floor(height / 2), Math.floor(width / 2)] as const
  const rings = Math.max(...middle)
  const values = Array.from({ length: height * width }, (_, at) => {
    const down = Math.abs(Math.floor(at / width) - middle[0])
    const ring = Math.max(down, Math.abs((at % width) - middle[1]))
    let sum = 0
    for (let k = ring; k <= rings; k++) sum += (k + 1) ** -fall
    return sum
  })
  return ofLengthOne(values, power)
}

function ofLengthOne(values: readonly number[], power: number): Float64Array {
  const all = Float64Array.from(values)
  const length = lengthOf(all, power)
  return all.map(value => value / length)
}
