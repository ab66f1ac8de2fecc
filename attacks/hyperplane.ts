import type { Norm } from './attack.ts'
import type { Victim } from './victim.ts'

/**
 * The shortest change `δ` of `x` that stays in the box and closes a gap, `normal · δ = gap`: the
 * projection on a hyperplane within the box. Where the box does not reach that far, the change that
 * closes the most.
 *
 * With `room_i` the way to the edge of the box in the direction that helps, every `|δ_i|` is
 * `min(λ, room_i)` (Linf), `min(λ |normal_i|, room_i)` (L2), or all of `room_i` for the steepest
 * coordinates and nothing for the others (L1).
 *
 * @param x `[size]`, inside the box
 * @param normal `[size]`
 * @see Croce and Hein, "Minimally distorted adversarial examples with a fast adaptive boundary
 *   attack", 2020
 */
export function toHyperplane(
  x: Float32Array,
  normal: Float32Array,
  gap: number,
  norm: Norm,
  bounds: Victim['bounds'],
): Float64Array {
  const up = gap > 0
  const slopes = new Float64Array(x.length)
  const rooms = new Float64Array(x.length)
  for (let at = 0; at < x.length; at++) {
    const slope = up ? normal[at]! : -normal[at]!
    slopes[at] = Math.abs(slope)
    if (slope > 0) rooms[at] = bounds[1] - x[at]!
    if (slope < 0) rooms[at] = x[at]! - bounds[0]
  }
  const change =
    norm === 'l1'
      ? steepestFirst(slopes, rooms, Math.abs(gap))
      : together(slopes, rooms, Math.abs(gap), norm)
  for (let at = 0; at < x.length; at++) {
    if (normal[at]! > 0 !== up) change[at] = -change[at]!
  }
  return change
}

/** How far a hyperplane is from a point at which its linear function differs by one. */
export function dualLength(normal: Float32Array, norm: Norm): number {
  let length = 0
  if (norm === 'linf') for (const w of normal) length += Math.abs(w)
  else if (norm === 'l2') for (const w of normal) length += w * w
  else for (const w of normal) length = Math.max(length, Math.abs(w))
  return norm === 'l2' ? Math.sqrt(length) : length
}

/**
 * All coordinates move at once, each until its room is used up. What they gain is a concave,
 * piecewise linear function of how far they have gone, so Newton's method from below ends at the
 * exact point after a few passes.
 */
function together(
  slopes: Float64Array,
  rooms: Float64Array,
  needed: number,
  norm: 'linf' | 'l2',
): Float64Array {
  const speeds = norm === 'linf' ? new Float64Array(slopes.length).fill(1) : slopes
  let reach = 0
  for (;;) {
    let gain = 0
    let rate = 0
    for (let at = 0; at < slopes.length; at++) {
      const way = reach * speeds[at]!
      if (way < rooms[at]!) rate += slopes[at]! * speeds[at]!
      gain += slopes[at]! * Math.min(way, rooms[at]!)
    }
    if (rate === 0 || needed - gain <= 1e-12 * needed) break
    reach += (needed - gain) / rate
  }
  return rooms.map((room, at) => Math.min(reach * speeds[at]!, room))
}

/** The coordinates that gain most use up their rooms first. */
function steepestFirst(slopes: Float64Array, rooms: Float64Array, needed: number): Float64Array {
  const change = new Float64Array(slopes.length)
  let left = needed
  for (const at of selected(slopes, rooms, needed)) {
    if (left <= 0 || slopes[at] === 0) break
    change[at] = Math.min(rooms[at]!, left / slopes[at]!)
    left -= change[at]! * slopes[at]!
  }
  return change
}

/**
 * The coordinates in such an order that those come first which are steep enough to be used up on the
 * way to `needed`. A weighted quickselect: linear in the number of coordinates, unlike sorting.
 */
function selected(slopes: Float64Array, rooms: Float64Array, needed: number): Int32Array {
  const order = Int32Array.from(slopes.keys())
  let [from, to, left] = [0, order.length, needed]
  while (from < to) {
    const pivot = slopes[order[(from + to) >> 1]!]!
    let [steeper, at, flatter, gain, tied] = [from, from, to, 0, 0]
    while (at < flatter) {
      const coordinate = order[at]!
      const slope = slopes[coordinate]!
      if (slope < pivot) swap(order, at, --flatter)
      else {
        if (slope > pivot) {
          gain += slope * rooms[coordinate]!
          swap(order, at, steeper++)
        } else tied += slope * rooms[coordinate]!
        at++
      }
    }
    if (gain > left) to = steeper
    else if (gain + tied >= left) return order
    else {
      left -= gain + tied
      from = flatter
    }
  }
  return order
}

function swap(order: Int32Array, a: number, b: number): void {
  const held = order[a]!
  order[a] = order[b]!
  order[b] = held
}
