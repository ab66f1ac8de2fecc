import type { Curve, CurvePoint, Robustness } from '../../server/schemas/robustness.ts'
import type { Series } from '../../server/schemas/settings.ts'
import { WORST_CASE } from '../../server/worst-case.ts'
import { epsilonUnit, isRadius } from '../budget.ts'
import { drawLines, type Line, type LinePoint } from '../charts/lines.ts'
import { type Mark, markOf, marksOf } from '../charts/palette.ts'
import type { Column } from '../columns.ts'
import { figure } from '../figure.ts'
import { gapAt, strongestAttack, whiteBox } from '../finding.ts'
import * as format from '../format.ts'
import { armName, attackName, normName, seriesName } from '../names.ts'

/** What the overview shows: the data, and the attack and epsilon that the text is about. */
export interface Shown {
  readonly data: Robustness
  readonly attack: string
  readonly epsilon: number
}

interface Row {
  readonly curve: Curve
  readonly point: CurvePoint
}

/** Accuracy against epsilon of all series under one attack. */
export function curveFigure(
  shown: Shown,
  attack: string,
  finding: string,
  size: 'large' | 'medium' | 'small',
): HTMLElement {
  const { data, epsilon } = shown
  const marks = marksOf(data.series.map(series => series.arm))
  const curves = data.series.flatMap((series, index) => {
    const curve = whiteBox(data, series.key, attack)
    return curve ? [{ series, curve, mark: marks[index]! }] : []
  })
  const worst = attack === WORST_CASE
  const lines = curves.map(({ series, curve, mark }) =>
    lineOf(seriesName(series.key), curve, mark, worst),
  )
  const lowest = Math.min(...curves.map(({ curve }) => curve.points[0]?.accuracy ?? 1))
  const clean = curves.map(({ curve, mark }) => {
    const { accuracy = 0 } = curve.points[0] ?? {}
    return {
      y: accuracy * 100,
      mark,
      ...(accuracy === lowest && { label: 'no attack', end: true }),
    }
  })
  return figure({
    name: `accuracy-${attack}-${data.norm}`,
    title: worst
      ? `Worst case over ${attacksIn(data)}, ${normName(data.norm)}`
      : `${attackName(attack)}, ${normName(data.norm)}, white-box`,
    note: note(
      curves.map(one => one.curve),
      worst ? data.methods.worstCase : undefined,
    ),
    finding,
    drawing: drawLines({
      ...axes(data),
      lines,
      references: [...chance(data), ...(size === 'small' ? [] : clean)],
      marked: epsilon,
      apart: sideways(data),
      legend: size !== 'small',
    }),
    columns: columns(data),
    rows: rowsOf(curves.map(one => one.curve)),
    size,
  })
}

/** For each series: the attack crafted on the model itself next to those crafted on others. */
export function sourceFigures(shown: Shown): HTMLElement[] {
  return shown.data.series.flatMap(series => {
    const built = sourceFigure(shown, series)
    return built ? [built] : []
  })
}

function sourceFigure({ data, attack, epsilon }: Shown, series: Series): HTMLElement | undefined {
  const judged = attack === WORST_CASE ? strongestAttack(data, series.key, epsilon) : attack
  const all = data.curves.filter(one => one.series === series.key && one.attack === judged)
  const transfers = all.filter(one => one.craftedOn)
  if (!judged || transfers.length === 0) return undefined
  const home = data.setting?.architecture
  const own = transfers.filter(one => one.craftedOn?.architecture === home)
  const drawn = own.length > 0 ? own : transfers
  const lines = all.flatMap(curve => {
    const source = curve.craftedOn
    if (!source) return [lineOf('white-box', curve, markOf(series.arm), true, [])]
    if (!drawn.includes(curve)) return []
    const mark = source.arm === series.arm ? markOf('') : markOf(source.arm)
    return [lineOf(`from ${sourceName(curve, home)}`, curve, mark, false, [5, 4])]
  })
  const gap = gapAt(data, series.key, judged, epsilon)
  const said = gap
    ? `At ε = ${format.epsilon(epsilon)} transfer from ${armName(gap.craftedOn.arm)} minus ` +
      `white-box is ${format.points(gap.difference)} points ` +
      `${format.percentInterval(gap.low, gap.high)}, ${format.pValue(gap.p)}.`
    : 'No transfer at this epsilon.'
  const more =
    drawn.length < transfers.length ? 'Sources of other architectures: in the table.' : ''
  return figure({
    name: `transfer-${series.key.replaceAll(/[^a-z0-9-]+/gi, '-')}-${judged}-${data.norm}`,
    title: `${format.capital(seriesName(series.key))}, ${attackName(judged)} ${normName(data.norm)}`,
    note: `${said} ${note(all, more)}`,
    finding: said,
    drawing: drawLines({
      ...axes(data),
      lines,
      references: chance(data),
      marked: epsilon,
      apart: sideways(data),
    }),
    columns: columns(data),
    rows: rowsOf(all),
    size: 'small',
  })
}

function lineOf(
  label: string,
  curve: Curve,
  mark: Mark,
  bold: boolean,
  dash?: readonly number[],
): Line {
  const points = curve.points.map(
    (point): LinePoint => ({
      x: point.epsilon,
      y: point.accuracy * 100,
      low: point.low * 100,
      high: point.high * 100,
      seeds: point.seeds.map(seed => seed.accuracy * 100),
      tip: [
        `ε = ${format.epsilon(point.epsilon)}: ${format.percent(point.accuracy)} ` +
          format.percentInterval(point.low, point.high),
        `n = ${format.count(point.n)}, ${format.plural(point.seeds.length, 'seed')}`,
      ],
    }),
  )
  return { label, mark, points, bold, ...(dash && { dash }) }
}

/** The axis of epsilon, with a tick at each budget that was tried. */
export function epsilonAxis(data: Robustness) {
  const ticks = [0, ...data.epsilons]
  const most = ticks.at(-1)!
  return {
    title: `ε (${isRadius(data.norm) ? `${normName(data.norm)} radius; ` : ''}${epsilonUnit(data.norm, data.attacks)})`,
    type: 'linear',
    min: -most / 40,
    max: most * 1.025,
    ticks: apart(ticks, most / 14),
    tick: format.epsilon,
  } as const
}

/** How far lines are set apart along the axis of epsilon. */
export function sideways(data: Robustness): number {
  return (data.epsilons.at(-1) ?? 0) / 130
}

function axes(data: Robustness) {
  return {
    x: epsilonAxis(data),
    y: {
      title: 'accuracy (%)',
      type: 'linear',
      min: 0,
      max: 100,
      ticks: [0, 20, 40, 60, 80, 100],
    },
  } as const
}

/** Ticks at least this far apart; the first and those that fit. */
function apart(values: readonly number[], gap: number): number[] {
  const kept: number[] = []
  for (const value of values) if (!kept.length || value - kept.at(-1)! >= gap) kept.push(value)
  return kept
}

function chance(data: Robustness) {
  if (data.chance === null) return []
  return [{ y: data.chance * 100, label: `guessing ${format.percent(data.chance)}` }]
}

function note(curves: readonly Curve[], also?: string): string {
  const all = curves.flatMap(curve => curve.points)
  const n = range(all.map(point => point.n))
  const seeds = range(all.map(point => point.seeds.length))
  const parts = [
    `n = ${n} test examples × ${seeds} seed${seeds === '1' ? '' : 's'}.`,
    'Bars: Wilson 95 %, clustered by example; set apart sideways.',
    seeds === '1' ? '' : 'Small points: single seeds.',
    also,
  ]
  return parts.filter(part => part).join(' ')
}

function range(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  return low === high ? format.count(low) : `${format.count(low)}–${format.count(high)}`
}

function attacksIn(data: Robustness): string {
  return data.attacks
    .filter(one => one !== WORST_CASE)
    .map(attackName)
    .join(', ')
}

/** The source of transferred examples; its architecture too unless it is the one at home. */
function sourceName(curve: Curve, home?: string): string {
  const source = curve.craftedOn
  if (!source) return 'itself'
  const { arm, architecture } = source
  return architecture === home ? armName(arm) : `${armName(arm)} ${architecture}`
}

function rowsOf(curves: readonly Curve[]): Row[] {
  return curves.flatMap(curve => curve.points.map(point => ({ curve, point })))
}

const columns = (data: Robustness): readonly Column<Row>[] => [
  { header: 'Model', value: ({ curve }) => seriesName(curve.series) },
  {
    header: 'Attack',
    value: ({ curve, point }) => attackName(point.epsilon === 0 ? 'none' : curve.attack),
  },
  {
    header: 'Crafted on',
    value: ({ curve }) =>
      curve.attack === WORST_CASE ? 'all sources' : curve.craftedOn ? sourceName(curve) : 'itself',
  },
  {
    header: 'ε',
    unit: epsilonUnit(data.norm, data.attacks),
    value: ({ point }) => point.epsilon,
    text: ({ point }) => format.epsilon(point.epsilon),
    numeric: true,
  },
  {
    header: 'Accuracy',
    unit: 'share',
    value: ({ point }) => point.accuracy,
    text: ({ point }) => format.percent(point.accuracy),
    numeric: true,
  },
  {
    header: '95 % low',
    unit: 'share, Wilson',
    value: ({ point }) => point.low,
    exportOnly: true,
  },
  {
    header: '95 % high',
    unit: 'share, Wilson',
    value: ({ point }) => point.high,
    exportOnly: true,
  },
  {
    header: '95 % interval',
    value: ({ point }) => format.percentInterval(point.low, point.high),
    numeric: true,
  },
  {
    header: 'n',
    unit: 'test examples',
    value: ({ point }) => point.n,
    text: ({ point }) => format.count(point.n),
    numeric: true,
  },
  {
    header: 'By seed',
    unit: 'percent',
    value: ({ point }) =>
      point.seeds.map(one => `${one.seed}: ${(one.accuracy * 100).toFixed(1)}`).join('; '),
  },
]
