import { changeCells, measureName, subjectLine } from './describe.ts'
import type { Change } from './judge.ts'
import type { ExecutionFacts } from './markdown.ts'

interface Case {
  readonly suite: string
  readonly group: string
  readonly name: string
  readonly seconds: number
  readonly outcome: 'passed' | 'failure' | 'skipped'
  readonly message: string
}

/**
 * A report for build servers: one test case a job (failed, or skipped where it was not done) and one
 * a comparison (a regression is a failure, what cannot be tested is skipped).
 *
 * @see https://github.com/testmoapp/junitxml
 */
export function junitReport(facts: ExecutionFacts, changes: readonly Change[]): string {
  const suites = [
    [`${facts.plan}: jobs`, facts.jobs.map(jobCase)],
    [`${facts.plan}: changes`, changes.map(changeCase)],
  ] as const
  const all = suites.flatMap(([, cases]) => cases)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="gauntlet nightly" ${totals(all)}>`,
    ...suites.flatMap(([name, cases]) => [
      `  <testsuite name="${attribute(name)}" ${totals(cases)}>`,
      ...cases.map(one => `    ${caseElement(one)}`),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n')
}

function jobCase(job: ExecutionFacts['jobs'][number]): Case {
  const outcome = {
    done: 'passed',
    failed: 'failure',
    waiting: 'skipped',
    running: 'skipped',
  } as const
  return {
    suite: 'jobs',
    group: job.kind,
    name: job.title,
    seconds: job.seconds ?? 0,
    outcome: outcome[job.state],
    message: job.state === 'failed' ? (job.error ?? '') : 'not done in this execution',
  }
}

function changeCase(change: Change): Case {
  const { before, now, difference, p, n } = changeCells(change)
  const outcome =
    change.verdict === 'regression'
      ? 'failure'
      : change.verdict === 'undecided'
        ? 'skipped'
        : 'passed'
  return {
    suite: 'changes',
    group: measureName({ ...change, detail: '' }),
    name: subjectLine(change),
    seconds: 0,
    outcome,
    message: `${before} to ${now}, ${difference}, p ${p}, n ${n}. ${change.note}`.trim(),
  }
}

function totals(cases: readonly Case[]): string {
  const count = (outcome: Case['outcome']) => cases.filter(one => one.outcome === outcome).length
  const seconds = cases.reduce((sum, one) => sum + one.seconds, 0)
  return (
    `tests="${cases.length}" failures="${count('failure')}" errors="0" ` +
    `skipped="${count('skipped')}" time="${seconds.toFixed(3)}"`
  )
}

function caseElement({ suite, group, name, seconds, outcome, message }: Case): string {
  const start =
    `<testcase classname="${attribute(`gauntlet.${suite}.${group}`)}" ` +
    `name="${attribute(name)}" time="${seconds.toFixed(3)}"`
  return outcome === 'passed'
    ? `${start}/>`
    : `${start}><${outcome} message="${attribute(message)}"/></testcase>`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Text within an attribute: escaped, and without the control characters that XML 1.0 has no way to write. */
function attribute(text: string): string {
  return [...text.replaceAll(/\s+/g, ' ')]
    .filter(character => character >= ' ' && character !== '\ufffe' && character !== '\uffff')
    .join('')
    .replaceAll(/[&<>"']/g, character => entities[character]!)
}
