import type { SqlAnswer } from '../../server/schemas/query.ts'

export const chartKinds = ['line', 'scatter', 'bar', 'none'] as const
export type ChartKind = (typeof chartKinds)[number]

/** How an answer is drawn: indices of columns. */
export interface Picks {
  readonly kind: ChartKind
  readonly x: number
  readonly y: number
  /** -1: one series. */
  readonly series: number
}

/** Most series that are told apart by default. */
const mostSeries = 8

/**
 * What the address asks for, and where it asks for nothing, or for a column that is not there, what
 * suits the answer; undefined where there is nothing to draw.
 */
export function picksOf(answer: SqlAnswer, params: URLSearchParams): Picks | undefined {
  const { columns } = answer
  const numeric = numericColumns(answer)
  if (columns.length < 2 || numeric.length === 0) return undefined
  const asked = (name: string) => columns.indexOf(params.get(name) ?? '')
  const y = numeric.includes(asked('y')) ? asked('y') : likelyValue(columns, numeric)
  const others = columns.map((_, at) => at).filter(at => at !== y)
  const x = asked('x') >= 0 && asked('x') !== y ? asked('x') : others[0]!
  const series = params.has('series') ? asked('series') : likelySeries(answer, numeric, x, y)
  const kind =
    chartKinds.find(one => one === params.get('kind')) ?? likelyKind(answer, numeric, x, series)
  return { kind, x, y, series }
}

/** Columns that hold numbers and nulls alone, and at least one number. */
export function numericColumns({ columns, rows }: SqlAnswer): number[] {
  return columns.flatMap((_, at) => {
    const values = rows.map(row => row[at]).filter(value => value !== null)
    return values.length > 0 && values.every(value => typeof value === 'number') ? [at] : []
  })
}

/** Columns that hold the ends of the interval of a column, by the names that the views give them. */
export function intervalOf(
  columns: readonly string[],
  y: number,
): readonly [number, number] | undefined {
  const low = columns.indexOf(`${columns[y]}_low`)
  const high = columns.indexOf(`${columns[y]}_high`)
  return low >= 0 && high >= 0 ? [low, high] : undefined
}

function likelyValue(columns: readonly string[], numeric: readonly number[]): number {
  const withInterval = numeric.find(at => intervalOf(columns, at))
  return withInterval ?? numeric.filter(at => at > 0).at(-1) ?? numeric[0]!
}

function likelySeries(
  { columns, rows }: SqlAnswer,
  numeric: readonly number[],
  x: number,
  y: number,
): number {
  return columns.findIndex((_, at) => {
    if (at === x || at === y || numeric.includes(at)) return false
    const values = new Set(rows.map(row => row[at]))
    return values.size > 1 && values.size <= mostSeries
  })
}

/** A line needs numbers on its axis, and one value at each of them. */
function likelyKind(
  { rows }: SqlAnswer,
  numeric: readonly number[],
  x: number,
  series: number,
): ChartKind {
  const places = new Set(rows.map(row => JSON.stringify([row[x], row[series]])))
  const single = places.size === rows.length
  if (numeric.includes(x)) return single ? 'line' : 'scatter'
  return single ? 'bar' : 'scatter'
}
