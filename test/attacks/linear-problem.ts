import type { Norm } from '../../attacks/attack.ts'

/** Weights `[inputs][classes]` and bias of a linear classifier whose boundaries are known. */
export const linearProblem = {
  weights: [
    [1, -0.5, 0.25],
    [-2, 1, 0.5],
    [0.5, 0.5, -1.5],
    [0, 1, 1],
  ],
  bias: [0.9, -0.3, 0.4],
  /** Inputs so far from the edges of the box that these do not matter. */
  rows: [
    [0.6, 0.4, 0.5, 0.3],
    [0.4, 0.6, 0.45, 0.55],
    [0.4, 0.5, 0.6, 0.5],
  ],
  labels: [0, 1, 1],
}

/** How far an input is from the nearest boundary: its gap over the dual norm of the normal. */
export function boundaryDistance(row: readonly number[], label: number, norm: Norm): number {
  const { weights, bias } = linearProblem
  const others = [0, 1, 2].filter(other => other !== label)
  return Math.min(
    ...others.map(other => {
      const normal = weights.map(line => line[other]! - line[label]!)
      const offset = bias[other]! - bias[label]!
      const gap = row.reduce((sum, x, at) => sum + x * normal[at]!, offset)
      return Math.abs(gap) / dual(normal, norm)
    }),
  )
}

function dual(normal: readonly number[], norm: Norm): number {
  if (norm === 'linf') return normal.reduce((sum, w) => sum + Math.abs(w), 0)
  return norm === 'l2' ? Math.hypot(...normal) : Math.max(...normal.map(Math.abs))
}
