import type { Column } from './columns.ts'

/**
 * Rows as CSV (RFC 4180): one header with units, then the raw values with all their digits.
 *
 * A text that a spreadsheet would run as a formula gets an apostrophe in front.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function toCsv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const header = columns.map(column => cell(headerOf(column)))
  const lines = rows.map(row => columns.map(column => cell(column.value(row))).join(','))
  return `${[header.join(','), ...lines].join('\r\n')}\r\n`
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

function cell(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return value === null ? '' : String(value)
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
