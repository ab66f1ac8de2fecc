import type { NightlyJob } from '../store/queries/nightlies.ts'
import type { ReportSection, Rows } from './change-report.ts'

/** What a summary tells of an execution. */
export interface ExecutionFacts {
  readonly plan: string
  readonly id: string
  readonly state: string
  readonly outOfTime: boolean
  readonly total: number
  readonly done: number
  readonly reused: number
  readonly jobs: readonly NightlyJob[]
  readonly diverged: readonly string[]
}

/** The summary of a nightly for people who read a build: state, changes, accuracies, failures. */
export function markdownSummary(
  facts: ExecutionFacts,
  sections: readonly ReportSection[],
  accuracies: readonly Rows[],
): string {
  const failed = facts.jobs.filter(job => job.state === 'failed')
  const parts = [
    `# Nightly ${facts.plan}: ${verdictOf(facts, failed.length)}`,
    `${facts.done} of ${facts.total} jobs are done, ${facts.reused} of them before. ` +
      `Execution \`${facts.id}\`.`,
    ...(failed.length > 0
      ? [`## Failed (${failed.length})`, list(failed.map(job => `${job.title}: ${job.error}`))]
      : []),
    ...(facts.diverged.length > 0 ? ['## Diverged', list(facts.diverged)] : []),
    ...markdownSections(sections),
    ...(sections.length === 0 ? ['No earlier nightly of this plan to compare with.'] : []),
    ...(accuracies.length > 0
      ? [
          '## Accuracies',
          ...accuracies.map(markdownTable),
          'In percent with Wilson 95 % interval, the seeds pooled.',
        ]
      : []),
  ]
  return `${parts.join('\n\n')}\n`
}

/** Sections of a report as Markdown, each with its heading. */
export function markdownSections(sections: readonly ReportSection[]): string[] {
  return sections.flatMap(({ title, lines, table }) => [
    `## ${title}`,
    ...(lines.length > 0 ? [list(lines)] : []),
    ...(table ? [markdownTable(table)] : []),
  ])
}

function verdictOf({ state, outOfTime }: ExecutionFacts, failed: number): string {
  if (failed > 0) return `${failed} ${failed === 1 ? 'job' : 'jobs'} failed`
  return outOfTime ? 'the time was up' : state
}

/** Rows of text as a Markdown table. */
function markdownTable(rows: Rows): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const [head, ...body] = rows.map(row => row.map(escaped))
  return [line(head!), line(head!.map(() => '---')), ...body.map(line)].join('\n')
}

function list(lines: readonly string[]): string {
  return lines.map(line => `- ${escaped(line)}`).join('\n')
}

/** Names come from plans and messages from anywhere: no markup, no table cell, one line. */
function escaped(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_<>|]|\](?=[([:])/g, '\\$&')
}
