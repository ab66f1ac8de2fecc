import { csvLine } from '../../export/csv.ts'

/** What a query may give in one cell. */
export type Cell = string | number | null | Uint8Array

/** The answer to a query: rows keyed by column, and the columns' names in order. */
export interface Answer {
  readonly columns: readonly string[]
  readonly rows: readonly Readonly<Record<string, Cell>>[]
}

/** Narrowest that a column is cut to. */
const narrowest = 8

/**
 * Aligned columns under a head; numbers to the right, rounded to six significant digits.
 *
 * @param width cuts the longest cells until a line fits; nothing is cut if absent
 */
export function asTable({ columns, rows }: Answer, width?: number): string {
  const right = columns.map(column => {
    const values = rows.map(row => row[column]).filter(value => value !== null)
    return values.length > 0 && values.every(value => typeof value === 'number')
  })
  const cells = [columns, ...rows.map(row => columns.map(column => tableCell(row[column]!)))]
  const widths = narrowed(
    columns.map((_, i) => cells.reduce((widest, line) => Math.max(widest, line[i]!.length), 0)),
    width,
  )
  const lines = cells.map(line =>
    line
      .map((cell, i) => {
        const cut = cell.length > widths[i]! ? `${cell.slice(0, widths[i]! - 1)}…` : cell
        return right[i] ? cut.padStart(widths[i]!) : cut.padEnd(widths[i]!)
      })
      .join('  ')
      .trimEnd(),
  )
  const rule = widths.map(length => '-'.repeat(length)).join('  ')
  return `${[lines[0], rule, ...lines.slice(1)].join('\n')}\n`
}

/** CSV with a head and every digit. */
export function asCsv({ columns, rows }: Answer): string {
  const lines = rows.map(row => csvLine(columns.map(column => plain(row[column]!))))
  return csvLine(columns) + lines.join('')
}

/** A JSON array with one object a line. */
export function asJson({ rows }: Answer): string {
  if (rows.length === 0) return '[]\n'
  const objects = rows.map(row =>
    JSON.stringify(
      Object.fromEntries(Object.entries(row).map(([column, cell]) => [column, plain(cell)])),
    ),
  )
  return `[\n  ${objects.join(',\n  ')}\n]\n`
}

function tableCell(cell: Cell): string {
  if (typeof cell === 'number' && !Number.isInteger(cell)) return `${Number(cell.toPrecision(6))}`
  // A control character would move the cursor, or worse.
  return String(plain(cell)).replace(
    /\p{Cc}/gu,
    character => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}

/** Bytes as hexadecimal digits, anything else as it is. */
function plain(cell: Cell): string | number | null {
  return cell instanceof Uint8Array ? Buffer.from(cell).toString('hex') : cell
}

/** Takes from the widest columns until all fit with two spaces between them. */
function narrowed(widths: readonly number[], width = Number.POSITIVE_INFINITY): number[] {
  const fitted = [...widths]
  let excess = fitted.reduce((sum, length) => sum + length + 2, -2) - width
  while (excess > 0) {
    const widest = Math.max(...fitted)
    if (widest <= narrowest) break
    fitted[fitted.indexOf(widest)] = widest - 1
    excess--
  }
  return fitted
}
