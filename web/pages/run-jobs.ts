import type { RunJob, RunJobs } from '../../server/schemas/run-jobs.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { type TableColumn, table } from '../table.ts'
import { time } from '../time.ts'

/** How a run came to be: its job, the executions that asked for it, and what failed on it since. */
export function jobsContent({ job, dependents, failed, executions }: RunJobs): HTMLElement[] {
  return [
    job ? jobCard(job) : h('p', { class: 'muted' }, 'The job that made this run is not known.'),
    h(
      'p',
      {},
      dependents.length > 0 ? `Jobs that needed it: ${counted(dependents)}.` : 'No job needed it.',
    ),
    ...(failed.length > 0
      ? [h('div', { class: 'card' }, table('Jobs that failed on this run', jobColumns, failed))]
      : []),
    executions.length > 0
      ? h(
          'div',
          { class: 'card' },
          table('Executions that asked for this run', executionColumns, executions),
        )
      : h('p', { class: 'muted' }, 'No execution of a plan asked for it.'),
  ]
}

function jobCard({ title, state, attempts, error, seconds, startedAt }: RunJob): HTMLElement {
  const took = seconds === null ? '' : `, ${format.duration(seconds)}`
  return h(
    'div',
    { class: 'card' },
    h(
      'p',
      {},
      h('code', {}, title),
      `: ${state}, ${attempts === 1 ? 'first attempt' : format.plural(attempts, 'attempt')}${took}`,
      ...(startedAt ? [', started ', time(startedAt)] : []),
    ),
    error ? h('pre', {}, h('code', {}, error)) : null,
  )
}

function counted(dependents: RunJobs['dependents']): string {
  return dependents.map(({ kind, state, jobs }) => `${jobs} ${kind} ${state}`).join(', ')
}

const jobColumns: readonly TableColumn<RunJob>[] = [
  { header: 'Job', value: job => job.title, href: job => `/runs/${job.id}` },
  { header: 'Attempts', value: job => job.attempts, numeric: true },
  {
    header: 'Ended',
    value: job => job.endedAt,
    element: ({ endedAt }) => (endedAt ? time(endedAt) : document.createTextNode('–')),
  },
  { header: 'Error', value: job => job.error, prose: true },
]

const executionColumns: readonly TableColumn<RunJobs['executions'][number]>[] = [
  { header: 'Plan', value: one => one.plan },
  { header: 'State', value: one => one.state },
  { header: 'Started', value: one => one.startedAt, element: one => time(one.startedAt) },
  {
    header: 'Ended',
    value: one => one.endedAt,
    element: ({ endedAt }) => (endedAt ? time(endedAt) : document.createTextNode('–')),
  },
  { header: 'Execution', value: one => one.id },
]
