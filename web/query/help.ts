import type { Views } from '../../server/schemas/query.ts'
import { h } from '../h.ts'
import { withChanges } from '../url-state.ts'
import { type Example, examples } from './examples.ts'

/** Questions to start from; open while there is none. */
export function exampleList(open: boolean): HTMLElement {
  return h(
    'details',
    { class: 'card query-help', id: 'query-examples', open },
    h('summary', {}, 'Questions to start from'),
    h(
      'ul',
      {},
      ...examples.map(one => h('li', {}, h('a', { href: addressOf(one) }, one.question))),
    ),
  )
}

/** Address of the page that asks an example and draws its answer. */
export function addressOf({ sql, picks }: Example): string {
  return withChanges('/query', { sql, ...picks })
}

/** Every view with what its columns mean. */
export function viewList({ views }: Views): HTMLElement {
  return h(
    'details',
    { class: 'card query-help', id: 'query-views' },
    h('summary', {}, `The ${views.length} views and what their columns mean`),
    ...views.map(({ name, description, columns }) =>
      h(
        'details',
        { id: `view-${name}` },
        h('summary', {}, h('code', {}, name), ` ${description}`),
        h(
          'dl',
          {},
          ...columns.flatMap(column => [
            h('dt', {}, h('code', {}, column.name)),
            h('dd', {}, column.meaning),
          ]),
        ),
        h(
          'p',
          {},
          h(
            'a',
            { href: withChanges('/query', { sql: `select * from ${name} limit 100` }) },
            'Look at it',
          ),
          ' · ',
          h('a', { href: `/api/v1/export.csv?view=${name}`, download: `${name}.csv` }, 'CSV'),
          ' · ',
          h(
            'a',
            { href: `/api/v1/export.parquet?view=${name}`, download: `${name}.parquet` },
            'Parquet',
          ),
        ),
      ),
    ),
  )
}
