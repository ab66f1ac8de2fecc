import { csvLine } from '../src/export/csv.ts'
import type { Column } from './columns.ts'

/** Rows as CSV: one header with units, then the raw values with all their digits. */
export function toCsv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const lines = rows.map(row => csvLine(columns.map(column => column.value(row))))
  return csvLine(columns.map(headerOf)) + lines.join('')
}

/** Rows as JSON: one object a row, by header. */
export function toJson<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const objects = rows.map(row =>
    Object.fromEntries(columns.map(column => [headerOf(column), column.value(row)])),
  )
  return `${JSON.stringify(objects, null, 2)}\n`
}

function headerOf<Row>(column: Column<Row>): string {
  return column.unit ? `${column.header} (${column.unit})` : column.header
}
