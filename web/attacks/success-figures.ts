import type { AttackRow } from '../../server/schemas/attacks.ts'
import { categories, sharing } from '../charts/categories.ts'
import { drawLines } from '../charts/lines.ts'
import { logarithmic } from '../charts/logarithmic.ts'
import { withNames } from '../charts/named-points.ts'
import { figure } from '../figure.ts'
import * as format from '../format.ts'
import { costColumns, identity, successColumns } from './columns.ts'
import { attacksIn, optionsName, type ShownAttacks, sizesOf } from './shown.ts'

/** What an example costs: model calls or seconds. */
export type Cost = 'calls' | 'seconds'

const shares = {
  title: 'success (% of what is right)',
  type: 'linear',
  min: 0,
  max: 100,
  ticks: [0, 20, 40, 60, 80, 100],
} as const

/** Success rate of every attack on every arm. */
export function successFigure(shown: ShownAttacks, finding: string): HTMLElement {
  const { rows, groups, marks, names } = shown
  const attacks = attacksIn(rows)
  const lines = groups.map(({ id }) => ({
    label: names.get(id)!,
    mark: marks.get(id)!,
    loose: true,
    points: rows
      .filter(row => row.group === id && row.success)
      .map(row => ({
        x: attacks.findIndex(({ options }) => options === row.options),
        y: row.success!.rate * 100,
        low: row.success!.low * 100,
        high: row.success!.high * 100,
        seeds: row.perSeed.map(({ rate }) => rate * 100),
        tip: successTip(row),
      })),
  }))
  return figure({
    name: `attack-success-${shown.norm}`,
    title: `Success of white-box attacks, ${shown.budget}`,
    note: `${sizesOf(rows)}. Bars: Wilson 95 %, clustered by example.${rows.some(row => row.evaluations > 1) ? ' Small points: single seeds.' : ''}`,
    finding,
    drawing: drawLines({
      x: categories('attack', attacks.map(optionsName)),
      y: shares,
      lines,
      apart: sharing(lines.length),
    }),
    columns: [...identity(shown), ...successColumns],
    rows,
  })
}

/** Success against what it costs: one line an arm, from the cheapest attack to the dearest. */
export function costFigure(shown: ShownAttacks, cost: Cost): HTMLElement {
  const { rows, groups, marks, names } = shown
  const placed = rows.filter(row => row.success && costOf(row, cost) > 0)
  const costs = placed.map(row => costOf(row, cost))
  const title = cost === 'calls' ? 'model calls an example (mean)' : 'seconds an example'
  const lines = groups.map(({ id }) => ({
    label: names.get(id)!,
    mark: marks.get(id)!,
    points: placed
      .filter(row => row.group === id)
      .sort((a, b) => costOf(a, cost) - costOf(b, cost))
      .map(row => ({
        x: costOf(row, cost),
        y: row.success!.rate * 100,
        low: row.success!.low * 100,
        high: row.success!.high * 100,
        tip: [optionsName(row), ...successTip(row)],
      })),
  }))
  const highest = attacksIn(placed).map(({ options }) =>
    placed
      .filter(row => row.options === options)
      .reduce((top, row) => (row.success!.rate > top.success!.rate ? row : top)),
  )
  const drawing = drawLines({
    x: logarithmic(title, { min: Math.min(...costs) / 2, max: Math.max(...costs) * 2 }),
    y: { ...shares, max: 108 },
    lines,
  })
  return figure({
    name: `attack-cost-${cost}-${shown.norm}`,
    title: `Success against ${cost === 'calls' ? 'model calls' : 'seconds'}, ${shown.budget}`,
    note:
      `${sizesOf(placed)}. Bars: Wilson 95 %, clustered by example. ` +
      (cost === 'calls'
        ? 'Calls count forward passes, or forward and backward ones; an attack that stops at success spends fewer.'
        : 'Seconds of the whole evaluation, divided by its examples, as measured on the machine that ran it.'),
    finding: costFinding(shown, placed, cost),
    drawing: withNames(
      drawing,
      highest.map(row => ({
        x: costOf(row, cost),
        y: row.success!.high * 100,
        text: optionsName(row),
      })),
    ),
    columns: [...identity(shown), ...successColumns.slice(0, 4), ...costColumns],
    rows: placed,
  })
}

function costOf(row: AttackRow, cost: Cost): number {
  return cost === 'calls' ? (row.queries?.mean ?? 0) : row.secondsPerExample
}

function costFinding(
  { groups, names }: ShownAttacks,
  rows: readonly AttackRow[],
  cost: Cost,
): string {
  const unit = cost === 'calls' ? 'calls' : 's'
  const said = groups.flatMap(({ id }) => {
    const own = rows.filter(row => row.group === id)
    const top = strongest(own)
    if (!top?.success) return []
    const [cheapest] = own.toSorted((a, b) => costOf(a, cost) - costOf(b, cost))
    const part = (row: AttackRow) =>
      `${optionsName(row)} ${format.percent(row.success!.rate)} at ${format.real(costOf(row, cost))} ${unit}`
    return cheapest === top
      ? [`${names.get(id)}: ${part(top)}`]
      : [`${names.get(id)}: ${part(cheapest!)}, ${part(top)}`]
  })
  return `Cheapest and strongest attack of each arm. ${said.join('; ')}.`
}

/** The attack that breaks most. */
export function strongest(rows: readonly AttackRow[]): AttackRow | undefined {
  return rows
    .filter(({ success }) => success)
    .toSorted((a, b) => b.success!.rate - a.success!.rate)[0]
}

function successTip(row: AttackRow): string[] {
  const { success, overSeeds, queries } = row
  return [
    `${format.percent(success!.rate)} ${format.percentInterval(success!.low, success!.high)} of ${format.count(row.successful + row.failed)} examples`,
    overSeeds
      ? `${format.percentInterval(overSeeds.low, overSeeds.high)} Student 95 % over ${row.evaluations} models`
      : 'one model',
    `${format.real(queries?.mean ?? null)} calls, ${format.real(row.secondsPerExample)} s an example`,
  ]
}
