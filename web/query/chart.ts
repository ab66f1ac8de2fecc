import type { SqlAnswer, SqlCell } from '../../server/schemas/query.ts'
import { type BarSeries, drawBars } from '../charts/bars.ts'
import type { Axis, Drawing } from '../charts/chart.ts'
import { drawLines } from '../charts/lines.ts'
import { type Mark, marksOf, unrelatedMarks } from '../charts/palette.ts'
import { cellText } from './columns.ts'
import { intervalOf, numericColumns, type Picks } from './picks.ts'

/** Most series that marks tell apart; the rows of the others are in the table. */
export const mostDrawn = 8

/** A chart of an answer, and what to say about it. */
export interface AnswerChart {
  readonly drawing: Drawing
  readonly note: string
  readonly finding: string
}

type Row = SqlAnswer['rows'][0]

/** The chart that was picked. */
export function chartOf(answer: SqlAnswer, picks: Picks): AnswerChart {
  const { columns, rows } = answer
  const groups = groupsOf(rows, picks.series)
  const drawn = groups.slice(0, mostDrawn)
  const named = columns[picks.series]
  const marks: readonly Mark[] =
    named === 'arm'
      ? marksOf(drawn.map(([label]) => label))
      : unrelatedMarks(drawn.map(([label]) => label))
  const interval = intervalOf(columns, picks.y)
  const y: Axis = { title: columns[picks.y]!, type: 'linear' }
  const drawing =
    picks.kind === 'bar'
      ? bars(answer, picks, drawn, marks, y)
      : lines(answer, picks, drawn, marks, y)
  const note = [
    `n = ${rows.length} rows of the query`,
    interval
      ? `bars of error from ${columns[interval[0]]} to ${columns[interval[1]]}`
      : 'no interval: the query gives none',
    groups.length > mostDrawn && `the first ${mostDrawn} of ${groups.length} series are drawn`,
    picks.kind === 'bar' && repeated(rows, picks) && 'of rows that share a bar the last is drawn',
  ]
  return { drawing, note: `${note.filter(Boolean).join('; ')}.`, finding: findingOf(answer, picks) }
}

function groupsOf(rows: readonly Row[], series: number): (readonly [string, Row[]])[] {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const label = series < 0 ? '' : cellText(row[series]!)
    const group = groups.get(label)
    if (group) group.push(row)
    else groups.set(label, [row])
  }
  return [...groups]
}

function lines(
  answer: SqlAnswer,
  picks: Picks,
  groups: readonly (readonly [string, Row[]])[],
  marks: readonly Mark[],
  y: Axis,
): Drawing {
  const { columns, rows } = answer
  const isNumber = numericColumns(answer).includes(picks.x)
  const labels = [...new Set(rows.map(row => cellText(row[picks.x]!)))]
  const x: Axis = isNumber
    ? { title: columns[picks.x]!, type: 'linear' }
    : { title: columns[picks.x]!, type: 'category', labels }
  return drawLines({
    x,
    y,
    legend: groups.length > 1,
    lines: groups.map(([label, own], index) => ({
      label: label || columns[picks.y]!,
      mark: marks[index]!,
      loose: picks.kind === 'scatter',
      points: own.flatMap(row => {
        const place = row[picks.x]!
        if (place === null) return []
        const at = isNumber ? Number(place) : cellText(place)
        return [{ x: at, ...drawnValue(answer, picks, row) }]
      }),
    })),
  })
}

function bars(
  answer: SqlAnswer,
  picks: Picks,
  groups: readonly (readonly [string, Row[]])[],
  marks: readonly Mark[],
  y: Axis,
): Drawing {
  const { columns, rows } = answer
  const labels = [...new Set(rows.map(row => cellText(row[picks.x]!)))]
  const series = groups.map(([label, own], index): BarSeries => {
    const byLabel = new Map(own.map(row => [cellText(row[picks.x]!), row]))
    return {
      label: label || columns[picks.y]!,
      mark: marks[index]!,
      bars: labels.map(at => {
        const row = byLabel.get(at)
        return row && drawnValue(answer, picks, row)
      }),
    }
  })
  return drawBars(labels, columns[picks.x]!, y, series)
}

function drawnValue({ columns }: SqlAnswer, { y }: Picks, row: Row) {
  const interval = intervalOf(columns, y)
  const [low, high] = interval ? interval.map(at => row[at]) : []
  return {
    y: numberOf(row[y]!),
    ...(typeof low === 'number' && typeof high === 'number' && { low, high }),
    tip: columns.map((name, at) => `${name}: ${cellText(row[at]!)}`),
  }
}

function numberOf(cell: SqlCell): number | null {
  return typeof cell === 'number' ? cell : null
}

function repeated(rows: readonly Row[], { x, series }: Picks): boolean {
  return new Set(rows.map(row => JSON.stringify([row[x], row[series]]))).size < rows.length
}

/** Lowest and highest value, and where they are. */
function findingOf({ columns, rows }: SqlAnswer, { x, y, series }: Picks): string {
  const known = rows.filter(row => typeof row[y] === 'number')
  const sorted = known.toSorted((a, b) => Number(a[y]) - Number(b[y]))
  const place = (row: Row) =>
    [x, series]
      .filter(at => at >= 0)
      .map(at => `${columns[at]} ${cellText(row[at]!)}`)
      .join(', ')
  const [lowest, highest] = [sorted[0], sorted.at(-1)]
  if (!lowest || !highest) return `No row has a value of ${columns[y]}.`
  return (
    `Over ${rows.length} rows ${columns[y]} is lowest, ${cellText(lowest[y]!)}, at ${place(lowest)} ` +
    `and highest, ${cellText(highest[y]!)}, at ${place(highest)}.`
  )
}
