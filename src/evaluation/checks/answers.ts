import type { Answer, Predicate } from './check.ts'

/** A measurement and whether it is as it should be. */
export interface Measured {
  readonly part?: string
  readonly passed: boolean
  readonly value: number
  readonly threshold: number
  readonly detail: string
  readonly evaluations?: readonly { readonly id: string }[]
}

export function measured(measurement: Measured): Answer {
  const { part = null, passed, value, threshold, detail, evaluations = [] } = measurement
  return {
    part,
    verdict: passed ? 'passed' : 'failed',
    // The store takes finite numbers only; the sentence says what it was.
    value: Number.isFinite(value) ? value : null,
    threshold,
    detail,
    evaluations: evaluations.map(({ id }) => id),
  }
}

/** @param detail what is missing */
export function notMeasured(detail: string, part: string | null = null): Answer {
  return { ...unanswered, part, verdict: 'not measured', detail }
}

/** @param detail why not */
export function notApplicable(detail: string, part: string | null = null): Answer {
  return { ...unanswered, part, verdict: 'not applicable', detail }
}

const unanswered = { value: null, threshold: null, evaluations: [] }

/** The predicate, which needs gradients, as it is for any model. */
export function needsGradients(run: Predicate['run']): Predicate['run'] {
  return (subject, measure) =>
    subject.victim.capabilities.includes('lossGradient')
      ? run(subject, measure)
      : [notApplicable('The model gives no gradients.')]
}

/** A share as a percentage of one decimal. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

/** A count and its noun. */
export const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`
