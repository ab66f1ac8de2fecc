import type { NightlyDetail } from '../../server/schemas/nightly.ts'
import { get } from '../api.ts'
import type { Column } from '../columns.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { changeFinding, changeLists } from '../nightly/changes.ts'
import { table } from '../table.ts'
import type { Page, View } from './page.ts'

/** `/nightly/:id`: one execution of a plan: what changed, what failed, where the time went. */
export async function nightlyDetail({ path }: View): Promise<Page> {
  const id = path.split('/')[2]!
  const detail = await get<NightlyDetail>(`/nightlies/${id}`)
  const { nightly, comparison } = detail
  return {
    title: `Nightly ${nightly.plan} ${format.time(nightly.startedAt)}`,
    content: [
      h('h1', {}, `${nightly.plan}, ${format.time(nightly.startedAt)}`),
      changeFinding(detail),
      ...(comparison ? changeLists(comparison) : []),
      jobsSection(detail),
    ],
  }
}

function jobsSection({ nightly, kinds, failed, plan }: NightlyDetail): HTMLElement {
  const { jobs, origin } = nightly
  return h(
    'section',
    { 'aria-labelledby': 'jobs' },
    h('h2', { id: 'jobs' }, 'Jobs'),
    origin !== null
      ? h('p', { class: 'muted' }, `It was made in ${origin}; here are its numbers alone.`)
      : h(
          'p',
          { class: 'lead' },
          `${nightly.state}: ${jobs.done} of ${format.plural(jobs.total, 'job')} done, ` +
            `${jobs.reused} of them before; ${jobs.failed} failed, ${jobs.waiting + jobs.running} left.`,
        ),
    failed.length > 0
      ? h(
          'div',
          { class: 'card' },
          h('h3', {}, 'Failed'),
          table('Failed jobs', failedColumns, failed),
        )
      : null,
    kinds.length > 0
      ? h(
          'div',
          { class: 'card' },
          h('h3', {}, 'Time by kind'),
          table('Jobs by kind', kindColumns, kinds),
        )
      : null,
    h(
      'details',
      { id: 'plan' },
      h('summary', {}, 'Plan'),
      h('pre', {}, h('code', {}, JSON.stringify(plan, null, 2))),
    ),
  )
}

const failedColumns: readonly Column<NightlyDetail['failed'][number]>[] = [
  { header: 'Job', value: job => job.title, href: job => `/runs/${job.id}` },
  { header: 'Error', value: job => job.error, prose: true },
]

const kindColumns: readonly Column<NightlyDetail['kinds'][number]>[] = [
  { header: 'Kind', value: one => one.kind },
  { header: 'Jobs', value: one => one.jobs, numeric: true },
  { header: 'Done', value: one => one.done, numeric: true },
  {
    header: 'Time',
    unit: 's',
    value: one => one.seconds,
    text: one => format.duration(one.seconds),
    numeric: true,
  },
]
