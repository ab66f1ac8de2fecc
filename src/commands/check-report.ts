import type { verdictById } from '../store/queries/check-evaluations.ts'
import { textTable } from './text-table.ts'

type StoredVerdict = NonNullable<Awaited<ReturnType<typeof verdictById>>>

/** Lines that tell a verdict: what was found, check by check, then the word and its reasons. */
export function checkReport(verdict: StoredVerdict): string[] {
  const { norm, epsilon, n, findings } = verdict
  const reasons: string[] = JSON.parse(verdict.reasons)
  const rows = findings.map(finding => [
    `${finding.number}`,
    finding.name,
    finding.part ?? '',
    finding.verdict,
    shown(finding.value),
    shown(finding.threshold),
  ])
  return [
    ...textTable([['no', 'check', 'part', 'found', 'value', 'limit'], ...rows], right),
    '',
    `At ${norm} ${epsilon}, on ${n} examples, the robustness is ${verdict.verdict}:`,
    ...reasons.map(reason => `  ${reason}`),
    '',
    'What each check asks: docs/checks.md',
  ]
}

const right = (column: number) => column === 0 || column > 3

function shown(value: number | null): string {
  return value === null ? '' : String(Number(value.toPrecision(3)))
}
