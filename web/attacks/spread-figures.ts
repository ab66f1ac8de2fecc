import type { AttackRow, Quantiles } from '../../server/schemas/attacks.ts'
import { categories, sharing } from '../charts/categories.ts'
import { drawLines } from '../charts/lines.ts'
import { logarithmic } from '../charts/logarithmic.ts'
import { figure } from '../figure.ts'
import * as format from '../format.ts'
import { identity, quantileColumns } from './columns.ts'
import { attacksIn, optionsName, type ShownAttacks } from './shown.ts'

/** How the size of a change is measured. */
export type Measure = keyof AttackRow['changes']

const measures: Readonly<Record<Measure, { readonly name: string; readonly unit: string }>> = {
  linf: { name: 'L∞ norm', unit: 'pixels from 0 to 1' },
  l2: { name: 'L2 norm', unit: 'pixels from 0 to 1' },
  l1: { name: 'L1 norm', unit: 'pixels from 0 to 1' },
  words: { name: 'changed words', unit: "share of the text's words" },
  edges: { name: 'changed edges', unit: 'edges' },
  entries: { name: 'changed entries of the features', unit: 'entries' },
}

/** The measures that say something about some attack. */
export function measuresOf(rows: readonly AttackRow[]): Measure[] {
  return (Object.keys(measures) as Measure[]).filter(name =>
    rows.some(row => row.changes[name] !== null),
  )
}

export function measureName(measure: Measure): string {
  return measures[measure].name
}

/** How much the changes that broke an example change. */
export function changeFigure(shown: ShownAttacks, measure: Measure): HTMLElement {
  const { name, unit } = measures[measure]
  return spreadFigure(shown, {
    name: `attack-changes-${measure}-${shown.norm}`,
    title: `Size of successful changes: ${name}, ${shown.budget}`,
    axis: `${name} (${unit})`,
    unit,
    over: 'broken examples of all models',
    of: row => row.changes[measure],
    logarithm: false,
  })
}

/** What the examples cost, broken or not. */
export function callsFigure(shown: ShownAttacks): HTMLElement {
  return spreadFigure(shown, {
    name: `attack-calls-${shown.norm}`,
    title: `Model calls an example, ${shown.budget}`,
    axis: 'model calls',
    unit: 'model calls',
    over: 'examples that are right without attack, all models',
    // Attacks that never ask the model have no place on this axis.
    of: row => (row.queries && row.queries.p10 > 0 ? row.queries : null),
    logarithm: true,
  })
}

interface Spread {
  readonly name: string
  readonly title: string
  readonly axis: string
  readonly unit: string
  /** What n counts. */
  readonly over: string
  readonly of: (row: AttackRow) => Quantiles | null
  readonly logarithm: boolean
}

function spreadFigure(shown: ShownAttacks, spread: Spread): HTMLElement {
  const { groups, marks, names } = shown
  const rows = shown.rows.filter(row => spread.of(row))
  const attacks = attacksIn(rows)
  const lines = groups.map(({ id }) => ({
    label: names.get(id)!,
    mark: marks.get(id)!,
    loose: true,
    points: rows
      .filter(row => row.group === id)
      .map(row => {
        const { median, p10, p90, n } = spread.of(row)!
        return {
          x: attacks.findIndex(({ options }) => options === row.options),
          ...{ y: median, low: p10, high: p90 },
          tip: [
            `${optionsName(row)}: median ${format.real(median)}, 10 to 90 %: ${format.real(p10)} to ${format.real(p90)}`,
            `n = ${format.count(n)}`,
          ],
        }
      }),
  }))
  const all = rows.flatMap(row => [spread.of(row)!.p10, spread.of(row)!.p90])
  const [least, most] = [Math.min(...all), Math.max(...all)]
  const counts = rows.map(row => spread.of(row)!.n)
  return figure({
    name: spread.name,
    title: spread.title,
    note:
      `Points: medians over examples; bars: from the 10 % to the 90 % quantile, no confidence interval. ` +
      `n = ${format.count(Math.min(...counts))} to ${format.count(Math.max(...counts))} ${spread.over}.`,
    finding: spreadFinding(shown, rows, spread),
    drawing: drawLines({
      x: categories('attack', attacks.map(optionsName)),
      y: spread.logarithm
        ? logarithmic(spread.axis, { min: Math.max(least, 1) / 1.5, max: Math.max(most, 2) * 1.5 })
        : { title: spread.axis, type: 'linear', min: 0 },
      lines,
      apart: sharing(lines.length),
    }),
    columns: [...identity(shown), ...quantileColumns(spread.unit, spread.of)],
    rows,
    size: 'medium',
  })
}

function spreadFinding(
  { names }: ShownAttacks,
  rows: readonly AttackRow[],
  { of, unit }: Spread,
): string {
  const sorted = rows.toSorted((a, b) => of(a)!.median - of(b)!.median)
  const say = (row: AttackRow) =>
    `${optionsName(row)} on ${names.get(row.group)} (${format.real(of(row)!.median)})`
  const [first, last] = [sorted[0]!, sorted.at(-1)!]
  return `Medians in ${unit}: smallest ${say(first)}, largest ${say(last)}.`
}
