import type { SqlAnswer, SqlCell } from '../../server/schemas/query.ts'
import type { Column } from '../columns.ts'
import { numericColumns } from './picks.ts'

/** Columns of the views that name a run. */
const runColumns = new Set(['model_id', 'crafted_on', 'bp_model_id', 'arm_model_id'])

/** The columns of an answer as tables and exports take them. */
export function answerColumns(answer: SqlAnswer): Column<SqlAnswer['rows'][0]>[] {
  const numeric = new Set(numericColumns(answer))
  return answer.columns.map((header, at) => ({
    header,
    value: row => row[at] ?? null,
    text: row => cellText(row[at] ?? null),
    numeric: numeric.has(at),
    ...(runColumns.has(header) && {
      href: (row: SqlAnswer['rows'][0]) => (row[at] === null ? undefined : `/runs/${row[at]}`),
    }),
  }))
}

/** A cell as people read it: numbers with at most six digits. */
export function cellText(cell: SqlCell): string {
  if (cell === null) return 'null'
  if (typeof cell === 'string' || Number.isInteger(cell)) return String(cell)
  return String(Number(cell.toPrecision(6)))
}
