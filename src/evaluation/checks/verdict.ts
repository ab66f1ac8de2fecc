import type { Finding, Predicate, Verdict } from './check.ts'

/**
 * One word for all findings: `masked` if a predicate of masking failed; else `undecided` if one of
 * validity failed, one that matters was not measured, or no attack by gradients was compared with
 * one on scores; else `real`.
 */
export function decide(predicates: readonly Predicate[], findings: readonly Finding[]): Verdict {
  const byName = new Map(predicates.map(predicate => [predicate.name, predicate]))
  const failed = (meaning: Predicate['meaning']) =>
    findings.filter(
      ({ check, verdict }) => verdict === 'failed' && byName.get(check)?.meaning === meaning,
    )
  const masking = failed('masking')
  const invalid = failed('validity')
  const missing = findings.filter(
    ({ check, verdict }) => verdict === 'not measured' && byName.get(check)?.essential,
  )
  if (masking.length > 0) {
    return { verdict: 'masked', reasons: [...masking, ...invalid].map(reason) }
  }
  const open = [...invalid, ...missing].map(reason)
  if (!findings.some(({ check, verdict }) => check === crucial && verdict === 'passed')) {
    open.push(`${crucial}: no attack by gradients was compared with one on scores.`)
  }
  if (open.length > 0) return { verdict: 'undecided', reasons: open }
  const passed = findings.filter(({ verdict }) => verdict === 'passed')
  const checks = new Set(passed.map(({ check }) => check)).size
  return {
    verdict: 'real',
    reasons: [`${checks} checks passed, none that speaks against the number failed.`],
  }
}

/** Without it nothing tells a robust model from one whose gradients are of no use. */
const crucial = 'white-vs-black'

function reason({ check, part, detail }: Finding): string {
  return `${check}${part === null ? '' : ` (${part})`}: ${detail}`
}
