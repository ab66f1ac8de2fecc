import type { SqlAnswer } from '../../server/schemas/query.ts'
import { toCsv, toJson } from '../csv.ts'
import { download } from '../download.ts'
import { figure } from '../figure.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { announce } from '../live.ts'
import { picker, pickers } from '../pickers.ts'
import { table } from '../table.ts'
import { chartOf } from './chart.ts'
import { answerColumns } from './columns.ts'
import { type ChartKind, chartKinds, numericColumns, type Picks, picksOf } from './picks.ts'

const kindNames: Readonly<Record<ChartKind, string>> = {
  line: 'Line',
  scatter: 'Points',
  bar: 'Bars',
  none: 'No chart',
}

/** An answer: how large it is and how long it took, its chart, its rows. */
export function resultOf(answer: SqlAnswer, params: URLSearchParams, seconds: number): Node[] {
  const { rows, cut, limits } = answer
  const cutBy = cut === 'rows' ? `${format.count(limits.rows)} rows` : 'the size'
  const lead = h(
    'p',
    { class: 'lead', id: 'query-answer' },
    `${format.plural(rows.length, 'row')} in ${format.duration(seconds)}.`,
    cut ? h('strong', {}, ` There are more: the answer was cut at ${cutBy}.`) : null,
  )
  if (rows.length === 0) return [lead, noRows(answer)]
  const picks = picksOf(answer, params)
  return [lead, ...(picks ? chartAndPicks(answer, picks) : []), rowsOf(answer)]
}

function chartAndPicks(answer: SqlAnswer, picks: Picks): Node[] {
  const { columns, rows } = answer
  const option = (at: number) => ({ value: columns[at]!, text: columns[at]! })
  const all = columns.map((_, at) => at)
  const kinds = chartKinds.map(kind => ({ value: kind, text: kindNames[kind] }))
  const others = [{ value: '-', text: 'one series' }, ...all.map(option)]
  const controls = pickers(
    'Chart of the answer',
    picker('Chart', 'kind', kinds, picks.kind),
    picker('Across', 'x', all.filter(at => at !== picks.y).map(option), columns[picks.x]!),
    picker('Up', 'y', numericColumns(answer).map(option), columns[picks.y]!),
    picker('Series', 'series', others, columns[picks.series] ?? '-'),
  )
  if (picks.kind === 'none') return [controls]
  const { drawing, note, finding } = chartOf(answer, picks)
  const title = `${columns[picks.y]} against ${columns[picks.x]}`
  const chart = figure({
    name: 'query',
    title,
    note,
    finding,
    drawing,
    columns: answerColumns(answer),
    rows,
    size: 'medium',
  })
  return [h('h2', { class: 'visually-hidden' }, 'Chart of the answer'), controls, chart]
}

function rowsOf(answer: SqlAnswer): HTMLElement {
  const columns = answerColumns(answer)
  const save = (ending: string, type: string, content: () => string) => () => {
    download(`query.${ending}`, new Blob([content()], { type }))
    announce(`Saved query.${ending}`)
  }
  const button = (text: string, onclick: () => void) =>
    h(
      'button',
      { type: 'button', class: 'quiet', onclick, 'aria-label': `${text} of all rows` },
      text,
    )
  return h(
    'section',
    { class: 'card query-rows', id: 'query-rows' },
    h(
      'div',
      { class: 'exports', role: 'group', 'aria-label': 'Save the rows' },
      button(
        'CSV',
        save('csv', 'text/csv;charset=utf-8', () => toCsv(columns, answer.rows)),
      ),
      button(
        'JSON',
        save('json', 'application/json', () => toJson(columns, answer.rows)),
      ),
    ),
    table('Rows of the answer', columns, answer.rows),
  )
}

function noRows({ columns }: SqlAnswer): HTMLElement {
  return h(
    'section',
    { class: 'card state', 'data-state': 'filtered' },
    h('h2', {}, 'No rows'),
    h(
      'p',
      {},
      `The statement is right, and nothing fulfils it. Its columns: ${columns.join(', ')}.`,
    ),
  )
}
