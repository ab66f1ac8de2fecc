import type { AttackRandom } from './attack-random.ts'
import type { Decisions, Points } from './decisions.ts'
import { passValues } from './scores.ts'

export interface BoundaryRequest {
  readonly norm: 'linf' | 'l2'
  readonly decisions: Decisions
  readonly random: AttackRandom
  /** Tells the steps apart. */
  readonly round: number
  /** Noisy decisions for each point. */
  readonly evaluations: number
  /** Length of the noise at each point, by row. */
  readonly lengths: ReadonlyMap<number, number>
}

/**
 * The direction that leads away from the correct class at points near the decision boundary, from
 * decisions `φ = ±1` on noise of the given length, less their mean:
 *
 *     g = Σ (φ_b − φ̄) u_b,   then g / ‖g‖₂ (L2) or sign g (Linf)
 *
 * The noise `u` is a uniform direction (L2) or a direction of uniform coordinates (Linf), as it is
 * after the box has cut the noisy point. Where all decisions agree, they are not centred.
 *
 * @see Chen et al., "HopSkipJumpAttack", 2020, section III
 */
export function boundaryDirections(
  request: BoundaryRequest,
  points: Points,
): Map<number, Float32Array> {
  const { decisions, evaluations } = request
  const rows = [...points.keys()]
  const together = Math.max(1, Math.floor(passValues / (evaluations * decisions.size)))
  const directions = new Map<number, Float32Array>()
  for (let first = 0; first < rows.length; first += together) {
    const part = rows.slice(first, first + together)
    const noisy = noisyPoints(request, part, points)
    const wrong = decisions.ask(
      noisy,
      part.flatMap(row => Array<number>(evaluations).fill(row)),
    )
    part.forEach((row, at) => {
      const [from, to] = [at * evaluations, (at + 1) * evaluations]
      const own = noisy.subarray(from * decisions.size, to * decisions.size)
      directions.set(row, ascent(request.norm, points.get(row)!, own, wrong.slice(from, to)))
    })
  }
  return directions
}

/** Points with noise on them, cut to the box, `[rows · evaluations · size]`. */
function noisyPoints(
  { norm, decisions, random, round, evaluations, lengths }: BoundaryRequest,
  rows: readonly number[],
  points: Points,
): Float32Array {
  const { size, bounds } = decisions
  const [low, high] = bounds
  const own = random.rows(rows)
  const noisy =
    norm === 'l2'
      ? own.normals('boundary', round, evaluations * size)
      : own.uniforms('boundary', round, evaluations * size).map(u => 2 * u - 1)
  for (let at = 0; at < rows.length * evaluations; at++) {
    const row = rows[Math.floor(at / evaluations)]!
    const point = points.get(row)!
    const direction = noisy.subarray(at * size, (at + 1) * size)
    const scale = lengths.get(row)! / euclidean(direction)
    for (let i = 0; i < size; i++) {
      direction[i] = Math.min(Math.max(point[i]! + scale * direction[i]!, low), high)
    }
  }
  return noisy
}

/** The weighed sum of the changes from a point to the noisy ones, of length one. */
function ascent(
  norm: BoundaryRequest['norm'],
  point: Float32Array,
  noisy: Float32Array,
  wrong: readonly boolean[],
): Float32Array {
  const { length: size } = point
  const mean = wrong.reduce((sum, errs) => sum + (errs ? 1 : -1), 0) / wrong.length
  const center = Math.abs(mean) === 1 ? 0 : mean
  const sum = new Float64Array(size)
  wrong.forEach((errs, at) => {
    const weight = (errs ? 1 : -1) - center
    for (let i = 0; i < size; i++) sum[i]! += weight * (noisy[at * size + i]! - point[i]!)
  })
  if (norm === 'linf') return Float32Array.from(sum.map(Math.sign))
  const length = euclidean(sum)
  return Float32Array.from(sum.map(value => value / length))
}

/** Length of a vector, never zero. */
function euclidean(values: Float32Array | Float64Array): number {
  let squares = 0
  for (const value of values) squares += value * value
  return Math.max(Math.sqrt(squares), 1e-30)
}
