import type { Nightlies, NightlyDetail, NightlyItem, Trend } from '../../server/schemas/nightly.ts'
import type { Summary } from '../../server/schemas/summary.ts'
import { get } from '../api.ts'
import type { Column } from '../columns.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { changeFinding, changeLists } from '../nightly/changes.ts'
import { trendFigure } from '../nightly/trend-figure.ts'
import { outcomeText } from '../nightly/words.ts'
import { picker, pickers } from '../pickers.ts'
import { empty } from '../states.ts'
import { table } from '../table.ts'
import { withChanges } from '../url-state.ts'
import type { Page, View } from './page.ts'

/** `/nightly`: what changed since the nightly before, and how every number went. */
export async function nightly({ path, params, summary }: View): Promise<Page> {
  const heading = h('h1', {}, 'What changed overnight?')
  const title = 'Nightly'
  const asked = (name: string) => params.get(name) ?? undefined
  const trend = await get<Trend>('/nightlies/trend', {
    plan: asked('plan'),
    dataset: asked('dataset'),
    architecture: asked('architecture'),
    measure: asked('measure'),
  })
  if (trend.plans.length === 0) return { title, content: [heading, noNightly()] }
  const plan =
    trend.plans.find(one => one === asked('plan')) ?? trend.chosen?.plan ?? trend.plans[0]!
  const list = await get<Nightlies>('/nightlies', { plan, cursor: asked('cursor'), limit: '20' })
  const latest = await latestEnded(plan)
  return {
    title: `Nightly ${plan}`,
    content: [
      heading,
      ...progressOf(summary),
      pickers('Which plan', planPicker(trend, plan)),
      ...(latest
        ? [changeFinding(latest), ...(latest.comparison ? changeLists(latest.comparison) : [])]
        : []),
      trendSection(trend),
      listSection(list, `${path}?${params}`, params.has('cursor')),
    ],
  }
}

/** The last execution of a plan that has ended, here or where its history came from. */
async function latestEnded(plan: string): Promise<NightlyDetail | undefined> {
  const { items } = await get<Nightlies>('/nightlies', { plan, limit: '20' })
  const ended = items.find(({ state, commits }) => state !== 'running' && commits !== null)
  const one = ended ?? items.find(({ state }) => state !== 'running')
  return one && get<NightlyDetail>(`/nightlies/${encodeURIComponent(one.id)}`)
}

function noNightly(): HTMLElement {
  const text =
    'A nightly trains, attacks and measures what a plan asks for; from the second one on this page ' +
    'says what changed. Type:'
  return empty('No nightly yet', text, 'npx gauntlet nightly')
}

/** How far the nightly is that runs now. */
export function progressOf({ nightly }: Summary): HTMLElement[] {
  if (nightly?.state !== 'running') return []
  const { jobs, plan, startedAt } = nightly
  return [
    h(
      'section',
      { class: 'card nightly-progress', 'aria-labelledby': 'running' },
      h('h2', { id: 'running' }, `${plan} is running`),
      h('progress', { max: jobs.total, value: jobs.done, 'aria-labelledby': 'running' }),
      h(
        'p',
        { class: 'muted' },
        `${jobs.done} of ${format.plural(jobs.total, 'job')} done, ${jobs.running} running` +
          `${jobs.failed > 0 ? `, ${jobs.failed} failed` : ''}; started ${format.time(startedAt)}.`,
      ),
    ),
  ]
}

function planPicker({ plans }: Trend, plan: string): HTMLElement {
  const options = plans.map(value => ({ value, text: value }))
  return picker('Plan', 'plan', options, plan, ['dataset', 'architecture', 'measure', 'cursor'])
}

function trendSection(trend: Trend): HTMLElement {
  const { chosen, choices } = trend
  const nights = new Set(trend.series.flatMap(one => one.points.map(point => point.nightly))).size
  return h(
    'section',
    { 'aria-labelledby': 'trend' },
    h('h2', { id: 'trend' }, 'Trend'),
    ...(chosen
      ? [
          pickers('What to follow', ...trendPickers(choices, chosen)),
          ...(nights === 1
            ? [h('p', { class: 'lead', id: 'one-only' }, 'One nightly so far: a trend takes two.')]
            : []),
          trendFigure(trend, chosen),
        ]
      : [
          empty(
            'No numbers are kept yet',
            'The numbers of a nightly are kept when it ends.',
            'npx gauntlet nightly',
          ),
        ]),
  )
}

function trendPickers(
  choices: Trend['choices'],
  { dataset, architecture, measure }: NonNullable<Trend['chosen']>,
): HTMLElement[] {
  const plain = (values: readonly string[]) =>
    [...new Set(values)].map(value => ({ value, text: value }))
  const here = choices.filter(one => one.dataset === dataset)
  const measures = here.find(one => one.architecture === architecture)?.measures ?? []
  return [
    picker('Data set', 'dataset', plain(choices.map(one => one.dataset)), dataset, [
      'architecture',
      'measure',
    ]),
    picker('Architecture', 'architecture', plain(here.map(one => one.architecture)), architecture),
    picker('Metric', 'measure', plain(measures), measure),
  ]
}

function listSection({ items, nextCursor }: Nightlies, here: string, later: boolean): HTMLElement {
  return h(
    'section',
    { 'aria-labelledby': 'nightlies' },
    h('h2', { id: 'nightlies' }, 'Nightlies'),
    h('div', { class: 'card' }, table('Nightlies of this plan', columns, items)),
    h(
      'nav',
      { class: 'paging', 'aria-label': 'Pages of nightlies' },
      later &&
        h('a', { class: 'button', href: withChanges(here, { cursor: undefined }) }, 'First page'),
      nextCursor !== null &&
        h(
          'a',
          { class: 'button', href: withChanges(here, { cursor: nextCursor }) },
          'Earlier ones',
        ),
    ),
  )
}

const columns: readonly Column<NightlyItem>[] = [
  {
    header: 'Started (UTC)',
    value: one => one.startedAt,
    text: one => format.time(one.startedAt).slice(0, 16),
    href: one => `/nightly/${one.id}`,
  },
  { header: 'Commit', value: one => one.commits },
  {
    header: 'Jobs',
    value: one => one.jobs.done,
    text: one =>
      one.jobs.total === 0
        ? `taken along from ${one.origin}`
        : `${one.jobs.done} of ${one.jobs.total}`,
    numeric: true,
  },
  { header: 'Done before', value: one => one.jobs.reused, numeric: true },
  {
    header: 'Duration',
    value: one => one.endedAt,
    text: one => {
      if (one.endedAt === null) return '–'
      return format.duration((Date.parse(one.endedAt) - Date.parse(one.startedAt)) / 1000)
    },
    numeric: true,
  },
  { header: 'Outcome', value: outcomeText },
]
