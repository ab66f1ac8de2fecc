import type { Progress } from '../../training/train.ts'
import type { Answer, Finding, Subject, Verdict } from './check.ts'
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
    findings.push(...toldApart(answers).map(answer => ({ check: predicate.name, ...answer })))
    await onProgress?.((at + 1) / predicates.length)
  }
  return { findings, verdict: verdictOf(findings) }
}

/** Answers with a number behind the name of a part that several have. */
function toldApart(answers: readonly Answer[]): Answer[] {
  return answers.map((answer, at) => {
    const before = answers.slice(0, at).filter(({ part }) => part === answer.part).length
    return before > 0 ? { ...answer, part: `${answer.part ?? 'again'} (${before + 1})` } : answer
  })
}

/** The verdict of all findings about a model. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  return decide(predicates, findings)
}
