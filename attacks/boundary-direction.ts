import type { AttackRandom } from './attack-random.ts'
import { type Decisions, moved, type Points } from './decisions.ts'
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
    const noise = drawNoise(request, part, points)
    const wrong = decisions.ask(
      noise.points,
      part.flatMap(row => Array<number>(evaluations).fill(row)),
    )
    part.forEach((row, at) => {
      const own = noise.directions.slice(at * evaluations, (at + 1) * evaluations)
      const verdict = wrong.slice(at * evaluations, (at + 1) * evaluations)
      directions.set(row, ascent(request, own, verdict))
    })
  }
  return directions
}

interface DrawnNoise {
  /** `[rows · evaluations · size]` */
  readonly points: Float32Array
  /** The changes that led there over their length before the cut. */
  readonly directions: readonly Float32Array[]
}

function drawNoise(
  { norm, decisions, random, round, evaluations, lengths }: BoundaryRequest,
  rows: readonly number[],
  points: Points,
): DrawnNoise {
  const { size, bounds } = decisions
  const own = random.rows(rows)
  const drawn =
    norm === 'l2'
      ? own.normals('boundary', round, evaluations * size)
      : own.uniforms('boundary', round, evaluations * size).map(u => 2 * u - 1)
  const noisy = new Float32Array(drawn.length)
  const directions = Array.from({ length: rows.length * evaluations }, (_, at) => {
    const row = rows[Math.floor(at / evaluations)]!
    const point = points.get(row)!
    const length = lengths.get(row)!
    const direction = drawn.subarray(at * size, (at + 1) * size)
    const there = moved(point, direction, length / euclidean(direction), bounds)
    noisy.set(there, at * size)
    return direction.map((_, i) => (there[i]! - point[i]!) / length)
  })
  return { points: noisy, directions }
}

/** The weighed sum of the directions, of length one in the dual sense of the norm. */
function ascent(
  { norm }: BoundaryRequest,
  directions: readonly Float32Array[],
  wrong: readonly boolean[],
): Float32Array {
  const decisions = wrong.map(errs => (errs ? 1 : -1))
  const mean = decisions.reduce((sum: number, value) => sum + value, 0) / decisions.length
  const center = Math.abs(mean) === 1 ? 0 : mean
  const sum = new Float32Array(directions[0]!.length)
  directions.forEach((direction, at) => {
    const weight = decisions[at]! - center
    for (let i = 0; i < sum.length; i++) sum[i]! += weight * direction[i]!
  })
  if (norm === 'linf') return sum.map(Math.sign)
  const length = euclidean(sum)
  return sum.map(value => value / length)
}

/** Length of a vector, never zero. */
function euclidean(values: Float32Array): number {
  let squares = 0
  for (const value of values) squares += value * value
  return Math.max(Math.sqrt(squares), 1e-30)
}
