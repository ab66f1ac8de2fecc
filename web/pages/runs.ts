import type { Run, RunSort, Runs } from '../../server/schemas/runs.ts'
import { get } from '../api.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { armName } from '../names.ts'
import { type Option, picker, pickers } from '../pickers.ts'
import { filteredOut, nothingYet } from '../states.ts'
import { bodyCell, type TableColumn } from '../table.ts'
import { time } from '../time.ts'
import { choice, withChanges } from '../url-state.ts'
import type { Page, View } from './page.ts'
import { runSelection } from './run-selection.ts'

const filters = ['dataset', 'architecture', 'arm', 'state'] as const

/** `/runs`: every trained model, filtered, sorted and paged by the address. */
export async function runs({ path, params, summary }: View): Promise<Page> {
  const heading = h('h1', {}, 'Runs')
  if (summary.counts.models === 0) return { title: 'Runs', content: [heading, nothingYet(summary)] }
  const order = params.get('order') === 'asc' ? 'asc' : 'desc'
  const sort = choice(params, 'sort', sorts, 'created')
  const asked = { sort, order, cursor: params.get('cursor') ?? undefined, ...filterOf(params) }
  const data = await get<Runs>('/runs', { ...asked, limit: '50' })
  const here = withChanges(`${path}?${params}`, {})
  const selection = runSelection(params)
  // An engine that all runs share tells none from another.
  const shown = columns.filter(({ header }) => header !== 'Engine' || summary.engines.length > 1)
  const controls = pickers(
    'Filter the runs',
    filterPicker('Data set', 'dataset', summary.datasets, params),
    filterPicker('Architecture', 'architecture', summary.architectures, params),
    filterPicker('Arm', 'arm', summary.arms, params, armName),
    filterPicker('State', 'state', ['trained', 'diverged'], params),
  )
  const body =
    data.total === 0
      ? [filteredOut('No run passes these filters.', path), selection.bar]
      : [
          h(
            'p',
            { class: 'lead', id: 'total' },
            `${format.plural(data.total, 'run')}, each one trained model.`,
          ),
          runTable(data.items, [selection.column, ...shown], sort, order, here),
          paging(data, params, here),
          selection.bar,
        ]
  return { title: 'Runs', content: [heading, controls, ...body] }
}

function filterOf(params: URLSearchParams): Record<string, string | undefined> {
  return Object.fromEntries(filters.map(name => [name, params.get(name) ?? undefined]))
}

function filterPicker(
  label: string,
  name: (typeof filters)[number],
  values: readonly string[],
  params: URLSearchParams,
  text: (value: string) => string = value => value,
): HTMLElement {
  const options: Option[] = [
    { value: '', text: 'all' },
    ...values.map(value => ({ value, text: text(value) })),
  ]
  return picker(label, name, options, params.get(name) ?? '', ['cursor'])
}

function runTable(
  rows: readonly Run[],
  columns: readonly RunColumn[],
  sort: RunSort,
  order: 'asc' | 'desc',
  here: string,
) {
  return h(
    'div',
    { class: 'card table-scroll', tabindex: 0, role: 'region', 'aria-label': 'Runs' },
    h(
      'table',
      { id: 'runs' },
      h('caption', { class: 'visually-hidden' }, `Runs by ${sort}, ${order}ending`),
      h('thead', {}, h('tr', {}, ...columns.map(column => sortCell(column, sort, order, here)))),
      h('tbody', {}, ...rows.map(row => h('tr', {}, ...columns.map(one => bodyCell(one, row))))),
    ),
  )
}

/** A heading that sorts; sorting the sorted column turns it round. */
function sortCell(column: RunColumn, sort: RunSort, order: 'asc' | 'desc', here: string) {
  const own = column.sort === sort
  const next = own && order === 'desc' ? 'asc' : 'desc'
  return h(
    'th',
    {
      scope: 'col',
      class: column.numeric ? 'number' : undefined,
      'aria-sort': own ? `${order}ending` : undefined,
    },
    column.sort
      ? h(
          'a',
          {
            class: 'sort',
            id: `sort-${column.sort}`,
            href: withChanges(here, { sort: column.sort, order: next, cursor: undefined }),
          },
          column.header,
          h('span', { 'aria-hidden': 'true' }, own ? (order === 'asc' ? ' ▲' : ' ▼') : ''),
        )
      : column.header,
  )
}

function paging({ nextCursor }: Runs, params: URLSearchParams, here: string): HTMLElement {
  return h(
    'nav',
    { class: 'paging', 'aria-label': 'Pages of runs' },
    params.has('cursor') &&
      h('a', { class: 'button', href: withChanges(here, { cursor: undefined }) }, 'First page'),
    nextCursor !== null &&
      h('a', { class: 'button', href: withChanges(here, { cursor: nextCursor }) }, 'Next page'),
  )
}

type RunColumn = TableColumn<Run> & { readonly sort?: RunSort }

const columns: readonly RunColumn[] = [
  { header: 'Run', value: run => run.id, text: run => run.id.slice(0, 8), href: linkOf },
  { header: 'Data set', value: run => run.dataset, sort: 'dataset' },
  { header: 'Architecture', value: run => run.architecture, sort: 'architecture' },
  { header: 'Arm', value: run => armName(run.arm), sort: 'arm' },
  { header: 'Seed', value: run => run.seed, sort: 'seed', numeric: true },
  {
    header: 'Clean accuracy',
    value: run => run.cleanAccuracy,
    text: run =>
      run.state === 'diverged'
        ? 'diverged'
        : `${format.percent(run.cleanAccuracy)} ${format.percentInterval(run.cleanLow, run.cleanHigh)}`,
    sort: 'accuracy',
    numeric: true,
  },
  {
    header: 'n',
    value: run => run.testCount,
    text: run => format.count(run.testCount),
    numeric: true,
  },
  {
    header: 'Updates',
    value: run => run.updates,
    text: run => format.count(run.updates),
    sort: 'updates',
    numeric: true,
  },
  {
    header: 'Forwards',
    value: run => run.forwards,
    text: run => format.count(run.forwards),
    sort: 'forwards',
    numeric: true,
  },
  {
    header: 'Time',
    value: run => run.seconds,
    text: run => format.duration(run.seconds),
    sort: 'seconds',
    numeric: true,
  },
  { header: 'Attacks', value: run => run.evaluations, numeric: true },
  { header: 'Engine', value: run => run.engine },
  {
    header: 'Trained (UTC)',
    value: run => run.createdAt,
    element: run => time(run.createdAt, 16),
    sort: 'created',
  },
]

function linkOf(run: Run): string {
  return `/runs/${run.id}`
}

const sorts = columns.flatMap(column => (column.sort ? [column.sort] : []))
