import type { SqlAnswer, Views } from '../../server/schemas/query.ts'
import { queryBounds } from '../../server/schemas/query-bounds.ts'
import { ApiError, get } from '../api.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { editor } from '../query/editor.ts'
import { exampleList, viewList } from '../query/help.ts'
import { resultOf } from '../query/result.ts'
import type { Page, View } from './page.ts'

/** `/query`: one select statement, its answer as a table and as a chart. */
export async function query({ params }: View): Promise<Page> {
  const sql = (params.get('sql') ?? '').trim()
  const [documented, answer] = await Promise.all([
    get<Views>('/views'),
    sql === '' ? [] : answerOf(sql, params),
  ])
  return {
    title: 'Query',
    content: [
      h('h1', {}, 'Query'),
      h('p', { class: 'lead', id: 'query-limits' }, limits()),
      editor(sql),
      ...answer,
      h('div', { class: 'stack' }, exampleList(sql === ''), viewList(documented)),
    ],
  }
}

function limits(): string {
  const { rows, bytes, milliseconds } = queryBounds
  return (
    'Ask the results in SQL: one select statement, which can read everything and change nothing, for at ' +
    `most ${milliseconds / 1000} seconds, ${format.count(rows)} rows and ${bytes / 1e6} MB.`
  )
}

async function answerOf(sql: string, params: URLSearchParams): Promise<Node[]> {
  const start = performance.now()
  try {
    const answer = await get<SqlAnswer>('/query', { sql })
    return resultOf(answer, params, (performance.now() - start) / 1000)
  } catch (error) {
    if (error instanceof ApiError && error.status >= 400 && error.status < 500) {
      return [refused(error)]
    }
    throw error
  }
}

/** What SQLite says of a wrong statement, or which limit was met. */
function refused({ message, status }: ApiError): HTMLElement {
  return h(
    'section',
    { class: 'card state error', role: 'alert', 'data-state': 'error', id: 'query-error' },
    h('h2', {}, status === 400 ? 'This is not understood' : 'This was not answered'),
    h('p', {}, h('code', {}, message.replace(/^invalid SQL: /, ''))),
  )
}
