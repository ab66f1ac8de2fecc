import type { ComparedResult, Comparison } from '../../server/schemas/compare.ts'
import { budget, isRadius } from '../budget.ts'
import { drawLines } from '../charts/lines.ts'
import type { Column } from '../columns.ts'
import { figure } from '../figure.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { armName, attackName, normName } from '../names.ts'
import { table } from '../table.ts'
import type { Labelled } from './labels.ts'

/** Level at which two runs are told apart, adjusted for all differences of the page. */
const ALPHA = 0.05

/** Whether a result tells a run from the first. */
function differs({ differences }: ComparedResult): boolean {
  return differences.some(one => one !== null && one.holm < ALPHA)
}

/** What the attacks left of each run, and the paired differences to the first. */
export function resultsTable(rows: readonly ComparedResult[], runs: readonly Labelled[]) {
  return h(
    'div',
    { class: 'card' },
    table('Accuracy of each run under each attack', resultColumns(runs), rows),
    h(
      'p',
      { class: 'muted note' },
      `Accuracy with its Wilson 95 % interval; differences to ${runs[0]!.letter} in points on the ` +
        'same test examples, Agresti-Min 95 %. * p (exact McNemar, Holm) below 0.05.',
    ),
  )
}

/** Paired differences to the first run under white-box attacks, one place each. */
export function differencesFigure(
  rows: readonly ComparedResult[],
  runs: readonly Labelled[],
): HTMLElement | null {
  const first = runs[0]!
  const paired = rows.filter(
    row => row.craftedOn === null && row.differences.some(one => one !== null),
  )
  if (paired.length === 0) return null
  const points = runs.slice(1).flatMap((label, at) =>
    paired.flatMap(result => {
      const difference = result.differences[at + 1]
      return difference ? [{ label, result, difference }] : []
    }),
  )
  const told = points.filter(({ difference }) => difference.holm < ALPHA)
  return figure({
    name: 'compare-differences',
    title: `Paired difference to ${first.name}, white-box`,
    note:
      'Accuracy minus that of the first run on the same test examples. Bars: Agresti-Min 95 %. ' +
      'p (Holm): exact McNemar, adjusted for all differences of this page. They are about these ' +
      'models: whether other seeds would differ alike is on the Overview.',
    finding: `${told.length} of ${format.plural(points.length, 'difference')} can be told from none (p (Holm) below 0.05).`,
    drawing: drawLines({
      x: { title: '', type: 'category', labels: paired.map(axisName) },
      y: { title: 'difference (points)', type: 'linear' },
      lines: runs.slice(1).map(label => ({
        label: `${label.name} − ${first.letter}`,
        mark: label.mark,
        loose: true,
        points: points
          .filter(point => point.label === label)
          .map(({ result, difference }) => ({
            x: axisName(result),
            y: difference.difference * 100,
            low: difference.low * 100,
            high: difference.high * 100,
            tip: [
              `${axisName(result)}: ${inPoints(difference)}`,
              `${format.pValue(difference.holm)} (Holm), n = ${format.count(difference.n)}`,
            ],
          })),
      })),
      references: [{ y: 0 }],
    }),
    columns: [
      { header: 'Run', value: row => row.label.run.id, exportOnly: true },
      { header: 'Run minus first', value: row => row.label.name },
      ...placeColumns.map(column => on(column, (row: DifferenceRow) => row.result)),
      {
        header: 'Difference',
        unit: 'share',
        value: row => row.difference.difference,
        text: row => format.points(row.difference.difference),
        numeric: true,
      },
      { header: '95 % low', value: row => row.difference.low, exportOnly: true },
      { header: '95 % high', value: row => row.difference.high, exportOnly: true },
      {
        header: '95 % interval',
        value: ({ difference: { low, high } }) => format.percentInterval(low, high),
        numeric: true,
      },
      {
        header: 'p (Holm)',
        value: row => row.difference.holm,
        text: row => format.pValue(row.difference.holm).replace(/^p (= )?/, ''),
        numeric: true,
      },
      {
        header: 'Better / worse',
        unit: 'test examples',
        value: ({ difference: { better, worse } }) => `${better} / ${worse}`,
        numeric: true,
      },
      { header: 'n', value: row => row.difference.n, numeric: true },
    ],
    rows: points,
    size: 'medium',
  })
}

interface DifferenceRow {
  readonly label: Labelled
  readonly result: ComparedResult
  readonly difference: NonNullable<ComparedResult['differences'][number]>
}

const inPoints = ({ difference, low, high }: DifferenceRow['difference']) =>
  `${format.points(difference)} points ${format.percentInterval(low, high)}`

/** A column of one kind of row as a column of another that holds it. */
function on<Inner, Row>({ header, value }: Column<Inner>, of: (row: Row) => Inner): Column<Row> {
  return { header, value: row => value(of(row)) }
}

const placeColumns: readonly Column<ComparedResult>[] = [
  {
    header: 'Attack',
    value: ({ attack, variant, setting }) =>
      attackName(attack) +
      (variant && ` (${variant})`) +
      (setting === 'poisoning' ? ', poisoning' : ''),
  },
  { header: 'Norm', value: row => (row.attack === 'none' ? '–' : normName(row.norm)) },
  { header: 'ε', value: row => (row.attack === 'none' ? '–' : budget(row.norm, row.epsilon)) },
  {
    header: 'Crafted on',
    value: ({ craftedOn: on }) => (on ? `${armName(on.arm)} ${on.architecture}` : 'itself'),
  },
]

function resultColumns(runs: readonly Labelled[]): Column<ComparedResult>[] {
  return [
    ...placeColumns,
    ...runs.map(
      ({ name }, at): Column<ComparedResult> => ({
        header: name,
        value: row => row.evaluations[at]?.accuracy ?? null,
        text: ({ evaluations }) => {
          const own = evaluations[at]
          return own
            ? `${format.percent(own.accuracy)} ${format.percentInterval(own.low, own.high)}`
            : 'not met'
        },
        numeric: true,
      }),
    ),
    ...runs.slice(1).map(
      ({ letter }, at): Column<ComparedResult> => ({
        header: `${letter} − ${runs[0]!.letter}`,
        value: row => row.differences[at + 1]?.difference ?? null,
        text: ({ differences }) => {
          const own = differences[at + 1]
          if (!own) return '–'
          const { difference, low, high, holm } = own
          const told = holm < ALPHA ? '*' : ''
          return `${format.points(difference)}${told} ${format.percentInterval(low, high)}`
        },
        numeric: true,
      }),
    ),
    {
      header: 'n',
      value: ({ evaluations }) =>
        [...new Set(evaluations.flatMap(one => one?.n ?? []))].map(format.count).join(', '),
      numeric: true,
    },
  ]
}

function axisName({ attack, variant, norm, epsilon }: ComparedResult): string {
  if (attack === 'none') return 'no attack'
  const size = `${isRadius(norm) ? `${normName(norm)} ` : ''}${budget(norm, epsilon)}`
  return `${attackName(attack)}${variant && ` ${variant}`} ${size}`
}

/** The accuracies in one sentence for each run, for the head of the page. */
export function cleanOf({ run }: Labelled): string {
  return run.state === 'diverged'
    ? 'diverged'
    : `${format.percent(run.cleanAccuracy)} ${format.percentInterval(run.cleanLow, run.cleanHigh)}`
}

/** Which results are shown: all, or those that differ. */
export function shownResults({ results }: Comparison, equal: boolean): ComparedResult[] {
  return equal ? results : results.filter(differs)
}
