/**
 * The change nearest to `wanted`, in the Euclidean sense, whose absolute values sum to `radius` at
 * most and which leaves `center` within its bounds:
 *
 *     dᵢ = sign(wᵢ) · clip(|wᵢ| − λ, 0, roomᵢ),   λ ≥ 0 least with Σ |dᵢ| ≤ radius
 *
 * where `room` is what the bounds allow in the direction of the change. Ball and box are met
 * together: projecting on one after the other would not give the nearest point.
 *
 * @param wanted `[size]`: overwritten with the result
 * @param center `[size]`, within the bounds
 * @see Duchi et al., "Efficient projections onto the l1-ball", 2008; with a box: Croce and Hein,
 * "Mind the box: l1-APGD for sparse adversarial attacks on image classifiers", 2021
 */
export function projectOntoL1Ball(
  wanted: Float32Array,
  center: Float32Array,
  radius: number,
  bounds: readonly [low: number, high: number],
): void {
  const size = wanted.length
  const lengths = new Float64Array(size)
  const rooms = new Float64Array(size)
  for (let at = 0; at < size; at++) {
    const change = wanted[at]!
    lengths[at] = Number.isNaN(change) ? 0 : Math.abs(change)
    rooms[at] = change < 0 ? center[at]! - bounds[0] : bounds[1] - center[at]!
  }
  const cut = radius > 0 ? leastCut(lengths, rooms, radius) : Infinity
  for (let at = 0; at < size; at++) {
    const length = Math.min(Math.max(lengths[at]! - cut, 0), rooms[at]!)
    wanted[at] = wanted[at]! < 0 ? -length : length
  }
}

/** The sum is piecewise linear: Newton's method ends on the right piece long before this. */
const maxSteps = 100

/**
 * The least `λ ≥ 0` with `Σ clip(lengthᵢ − λ, 0, roomᵢ) ≤ radius`: Newton steps within a bracket
 * that halves it wherever they leave it.
 */
function leastCut(lengths: Float64Array, rooms: Float64Array, radius: number): number {
  let low = 0
  let high = lengths.reduce((largest, length) => Math.max(largest, length), 0)
  let cut = 0
  for (let step = 0; step < maxSteps; step++) {
    let excess = -radius
    let falling = 0
    for (let at = 0; at < lengths.length; at++) {
      const length = lengths[at]! - cut
      if (length <= 0) continue
      const room = rooms[at]!
      if (length > room) excess += room
      else {
        excess += length
        falling += 1
      }
    }
    if (cut === 0 && excess <= 0) return 0
    if (excess > 0) low = cut
    else high = cut
    if (Math.abs(excess) <= 1e-12 * radius || !(low < high)) return cut
    const newton = cut + excess / falling
    cut = newton > low && newton < high ? newton : (low + high) / 2
  }
  return high
}
