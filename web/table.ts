import type { Column } from './columns.ts'
import { h } from './h.ts'

/** A column of a table on the page. */
export interface TableColumn<Row> extends Column<Row> {
  /** Instead of the text, e.g. a box to tick. */
  readonly element?: (row: Row) => Node
}

/** A table of rows; it scrolls sideways by itself where the page is narrow. */
export function table<Row>(
  caption: string,
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
): HTMLElement {
  const shown = columns.filter(column => !column.exportOnly)
  return h(
    'div',
    { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    h(
      'table',
      {},
      h('caption', { class: 'visually-hidden' }, caption),
      h('thead', {}, h('tr', {}, ...shown.map(headerCell))),
      h(
        'tbody',
        {},
        ...rows.map(row => h('tr', {}, ...shown.map(column => bodyCell(column, row)))),
      ),
    ),
  )
}

function headerCell<Row>(column: TableColumn<Row>): HTMLElement {
  return h('th', { scope: 'col', class: column.numeric ? 'number' : undefined }, column.header)
}

/** One cell, as in `table`. */
export function bodyCell<Row>(column: TableColumn<Row>, row: Row): HTMLElement {
  const text = column.element
    ? column.element(row)
    : column.text
      ? column.text(row)
      : String(column.value(row) ?? '–')
  const href = column.href?.(row)
  return h(
    'td',
    { class: column.numeric ? 'number' : column.prose ? 'prose' : undefined },
    href ? h('a', { href }, text) : text,
  )
}
