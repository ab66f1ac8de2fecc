import type { Difference, Robustness } from '../../server/schemas/robustness.ts'
import { WORST_CASE } from '../../server/worst-case.ts'
import { epsilonUnit } from '../budget.ts'
import { drawLines } from '../charts/lines.ts'
import { marksOf } from '../charts/palette.ts'
import type { Column } from '../columns.ts'
import { figure } from '../figure.ts'
import { differenceAt } from '../finding.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { attackName, normName, seriesName } from '../names.ts'
import { table } from '../table.ts'
import { epsilonAxis, type Shown, sideways } from './robustness-figures.ts'

/** Paired difference to backprop against epsilon, and the same as a table that is always open. */
export function differenceFigure({ data, attack, epsilon }: Shown): HTMLElement {
  const rows = data.differences.filter(one => one.attack === attack)
  const arms = data.series.map(series => series.arm)
  const marks = new Map(data.series.map((series, index) => [series.key, marksOf(arms)[index]!]))
  const keys = [...new Set(rows.map(row => `${row.series}\n${row.against}`))]
  const lines = keys.map(key => {
    const own = rows.filter(row => `${row.series}\n${row.against}` === key)
    const { series, against } = own[0]!
    return {
      label: `${seriesName(series)} − ${seriesName(against)}`,
      mark: marks.get(series)!,
      bold: attack === WORST_CASE,
      points: own.map(row => ({
        x: row.epsilon,
        y: row.difference * 100,
        low: row.low * 100,
        high: row.high * 100,
        seeds: row.perSeed.map(seed => seed.difference * 100),
        tip: [
          `ε = ${format.epsilon(row.epsilon)}: ${format.points(row.difference)} points ` +
            format.percentInterval(row.low, row.high),
          `${format.pValue(row.p)}, n = ${format.count(row.n)}`,
        ],
      })),
    }
  })
  const at = differenceAt(data, attack, epsilon)
  const title = `Paired difference to backprop, ${attackName(attack)}, ${normName(data.norm)}`
  const built = figure({
    name: `difference-${attack}-${data.norm}`,
    title,
    note:
      'Same test examples, same seeds; above zero: more robust than backprop. Bars: Agresti-Min ' +
      '95 %, clustered by example. p: exact McNemar; p (Holm): over seeds where there are several, ' +
      'adjusted for all differences under attack.',
    finding: at
      ? `At ε = ${format.epsilon(epsilon)} ${seriesName(at.series)} minus ${seriesName(at.against)} is ` +
        `${format.points(at.difference)} points ${format.percentInterval(at.low, at.high)}, ${format.pValue(at.holm ?? at.p)}${at.holm === null ? '' : ' (Holm)'}.`
      : 'No pair at this epsilon.',
    drawing: drawLines({
      x: epsilonAxis(data),
      y: { title: 'difference (points)', type: 'linear' },
      apart: sideways(data),
      lines,
      references: [{ y: 0 }],
      marked: epsilon,
    }),
    columns: columns(data),
    rows,
  })
  return h(
    'div',
    { class: 'stack' },
    built,
    h('div', { class: 'card' }, table(title, columns(data), rows)),
  )
}

const columns = (data: Robustness): readonly Column<Difference>[] => [
  { header: 'Model', value: row => seriesName(row.series) },
  { header: 'Against', value: row => seriesName(row.against) },
  {
    header: 'ε',
    unit: epsilonUnit(data.norm, data.attacks),
    value: row => row.epsilon,
    text: row => (row.epsilon === 0 ? '0 (no attack)' : format.epsilon(row.epsilon)),
    numeric: true,
  },
  {
    header: 'Difference',
    unit: 'share',
    value: row => row.difference,
    text: row => format.points(row.difference),
    numeric: true,
  },
  { header: '95 % low', unit: 'share, Agresti-Min', value: row => row.low, exportOnly: true },
  { header: '95 % high', unit: 'share, Agresti-Min', value: row => row.high, exportOnly: true },
  {
    header: '95 % interval',
    value: row => format.percentInterval(row.low, row.high),
    numeric: true,
  },
  {
    header: 'p',
    unit: 'exact McNemar, two-sided',
    value: row => row.p,
    text: row => bareP(row.p),
    numeric: true,
  },
  {
    header: '95 % low over seeds',
    unit: "share, Student's t",
    value: row => row.overSeeds?.low ?? null,
    exportOnly: true,
  },
  {
    header: '95 % high over seeds',
    unit: "share, Student's t",
    value: row => row.overSeeds?.high ?? null,
    exportOnly: true,
  },
  {
    header: '95 % over seeds',
    value: ({ overSeeds }) =>
      format.percentInterval(overSeeds?.low ?? null, overSeeds?.high ?? null),
    numeric: true,
  },
  {
    header: 'p (Holm)',
    unit: 'paired t-test over seeds, or McNemar; adjusted for all differences under attack',
    value: row => row.holm,
    text: row => (row.holm === null ? '–' : bareP(row.holm)),
    numeric: true,
  },
  {
    header: 'Better / worse',
    unit: 'test examples',
    value: row => `${row.better} / ${row.worse}`,
    numeric: true,
  },
  { header: 'n', unit: 'test examples', value: row => row.n, numeric: true },
  { header: 'Seeds', value: row => row.seeds.length, numeric: true },
  { header: 'Which seeds', value: row => row.seeds.join(', '), exportOnly: true },
  { header: 'Reads', value: row => reading(row) },
]

/** A p-value where its column says what it is. */
function bareP(p: number): string {
  return format.pValue(p).replace('p = ', '').replace('p ', '')
}

function reading({ difference, p, holm, epsilon }: Difference): string {
  if ((holm ?? p) >= 0.05) return 'undecided'
  return `${difference > 0 ? 'more' : 'less'} ${epsilon === 0 ? 'accurate' : 'robust'}`
}
