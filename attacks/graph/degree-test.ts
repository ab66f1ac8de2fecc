/** Number and sum of the logarithms of the degrees that a power law is fitted to. */
export interface DegreeSums {
  readonly count: number
  readonly logarithms: number
}

/** Degrees below this do not count. */
export const leastDegree = 2

/** Largest test statistic of an unnoticeable change; χ² with one degree of freedom, p ≈ 0.95. */
export const degreeThreshold = 0.004

/** The sums of some degrees. */
export function degreeSums(degrees: Iterable<number>): DegreeSums {
  let sums: DegreeSums = { count: 0, logarithms: 0 }
  for (const degree of degrees) sums = plusDegree(sums, degree, 1)
  return sums
}

/** The sums after a node's degree became another. */
export function withDegree(sums: DegreeSums, before: number, after: number): DegreeSums {
  return plusDegree(plusDegree(sums, before, -1), after, 1)
}

/**
 * Likelihood ratio statistic of two samples of degrees having one power law rather than two:
 *
 *     Λ = 2 (l(D₁) + l(D₂)) − 2 l(D₁ ∪ D₂)
 *
 * with l the largest log-likelihood of `p(d) = (α − 1) / m · (d / m)^−α`, m = least degree − ½,
 * reached at `α = 1 + n / Σ log(d / m)`. Published code takes another expression for l, in some
 * versions with a sign that makes it no likelihood; here Λ ≥ 0, and is χ² under one law.
 *
 * @see Zügner et al., "Adversarial attacks on neural networks for graph data", 2018, section 4
 * @see Clauset, Shalizi and Newman, "Power-law distributions in empirical data", 2009
 */
export function powerLawStatistic(first: DegreeSums, second: DegreeSums): number {
  const both = {
    count: first.count + second.count,
    logarithms: first.logarithms + second.logarithms,
  }
  return 2 * (logLikelihood(first) + logLikelihood(second) - logLikelihood(both))
}

function logLikelihood({ count, logarithms }: DegreeSums): number {
  if (count === 0) return 0
  const logLeast = Math.log(leastDegree - 0.5)
  const excess = logarithms - count * logLeast
  return count * (Math.log(count / excess) - logLeast - 1) - excess
}

function plusDegree({ count, logarithms }: DegreeSums, degree: number, sign: 1 | -1): DegreeSums {
  if (degree < leastDegree) return { count, logarithms }
  return { count: count + sign, logarithms: logarithms + sign * Math.log(degree) }
}
