import { incompleteBeta } from './beta.ts'

/**
 * P(X ≤ k) for X binomial with n trials of probability p: I_{1−p}(n − k, k + 1).
 *
 * @see DLMF 8.17.5
 */
export function binomialTail(k: number, n: number, p: number): number {
  if (k < 0) return 0
  if (k >= n) return 1
  return incompleteBeta(1 - p, n - k, k + 1)
}
