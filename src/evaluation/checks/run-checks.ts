import type { Progress } from '../../training/train.ts'
import type { Finding, Subject, Verdict } from './check.ts'
import { measureOf } from './measure.ts'
import { predicates } from './predicates.ts'
import type { CheckSettings } from './settings.ts'
import { decide } from './verdict.ts'

/** What all predicates found, in their order, and the verdict. */
export interface Checked {
  readonly findings: readonly Finding[]
  readonly verdict: Verdict
}

/**
 * Runs every predicate on a subject whose battery has been evaluated.
 *
 * @param onProgress called after every predicate with the share of those done
 */
export async function runChecks(
  subject: Subject,
  settings: CheckSettings,
  onProgress?: Progress,
): Promise<Checked> {
  const measure = measureOf(subject, settings)
  const findings: Finding[] = []
  for (const [at, predicate] of predicates.entries()) {
    const answers = await predicate.run(subject, measure)
    findings.push(...answers.map(answer => ({ check: predicate.name, ...answer })))
    await onProgress?.((at + 1) / predicates.length)
  }
  return { findings, verdict: verdictOf(findings) }
}

/** The verdict of all findings about a model. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  return decide(predicates, findings)
}
