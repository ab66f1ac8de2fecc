import { average } from '../../statistics/average.ts'
import { solve } from './solve.ts'

/** A linear readout of scores: positive where the planted point lies, negative at the inner points. */
export interface Readout {
  /** `[classes]` */
  readonly weight: Float64Array
  readonly offset: number
}

/** Share of the mean variance that is added along every axis, so that none has none. */
const ridge = 1e-3

/**
 * The linear discriminant between inner points and one other, with its threshold half-way from the
 * last inner point to the other; undefined where it does not separate them.
 *
 *     w = (Σ + λ I)⁻¹ (z − mean)      over the deviation of the inner points along it
 *
 * @param inner `[count][classes]` scores of the inner points
 * @param planted `[classes]` scores of the point that must count as another class
 */
export function fitReadout(
  inner: readonly Float32Array[],
  planted: Float32Array,
): Readout | undefined {
  const mean = Float64Array.from(planted, (_, at) => average(inner.map(row => row[at]!)))
  const covariance = Array.from(mean, (a, i) =>
    Float64Array.from(mean, (b, j) => average(inner.map(row => (row[i]! - a) * (row[j]! - b)))),
  )
  const trace = average(covariance.map((row, at) => row[at]!))
  if (!(trace > 0)) return undefined
  for (const [at, row] of covariance.entries()) row[at]! += ridge * trace
  const raw = solve(
    covariance,
    mean.map((value, at) => planted[at]! - value),
  )
  const along = (row: ArrayLike<number>) => raw.reduce((sum, w, at) => sum + w * row[at]!, 0)
  const projections = inner.map(along)
  const centre = average(projections)
  const deviation = Math.sqrt(average(projections.map(p => (p - centre) ** 2)))
  const [last, own] = [Math.max(...projections), along(planted)]
  if (!(own > last && deviation > 0)) return undefined
  return { weight: raw.map(w => w / deviation), offset: -(last + own) / 2 / deviation }
}
