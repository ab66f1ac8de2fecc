import type { RunJob, RunJobs } from '../../server/schemas/run-jobs.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { settingsCard } from '../settings-card.ts'
import type { Page } from './page.ts'
import { jobsContent } from './run-jobs.ts'

/** A job that has brought no result: it failed, or it is not done yet. */
export function unfinished(job: RunJob, jobs: RunJobs): Page {
  const title = format.capital(job.title)
  return {
    title,
    content: [
      h('nav', { 'aria-label': 'Breadcrumb', class: 'crumbs' }, h('a', { href: '/runs' }, 'Runs')),
      h('h1', {}, title),
      outcome(job, jobs),
      h(
        'section',
        { 'aria-labelledby': 'jobs' },
        h('h2', { id: 'jobs' }, 'Jobs and executions'),
        ...jobsContent({ ...jobs, job: { ...job, error: null } }),
      ),
      h(
        'section',
        { 'aria-labelledby': 'configuration' },
        h('h2', { id: 'configuration' }, 'Configuration'),
        h('div', { class: 'grid' }, settingsCard('Everything it depends on', jobs.config ?? {})),
      ),
    ],
  }
}

const states: Readonly<Record<RunJob['state'], string>> = {
  done: 'This is done.',
  waiting: 'This has not been started yet.',
  running: 'This is being done.',
  failed: 'This failed, and there is no result.',
}

function outcome({ state, error }: RunJob, { executions }: RunJobs): HTMLElement {
  const [latest] = executions
  return h(
    'section',
    { class: 'card finding less', 'aria-label': 'Outcome' },
    h('p', { class: 'numbers' }, states[state]),
    error === null ? null : h('p', {}, 'Why: ', h('code', {}, error)),
    state === 'failed' && latest
      ? h('p', {}, `The next execution of the plan ${latest.plan} tries it again.`)
      : null,
  )
}
