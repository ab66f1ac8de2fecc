import type { Trend, TrendPoint } from '../../server/schemas/nightly.ts'
import { isAccuracy } from '../../src/nightly/measurement.ts'
import type { Axis } from '../charts/chart.ts'
import { drawLines, type Line } from '../charts/lines.ts'
import { logarithmic } from '../charts/logarithmic.ts'
import { type Mark, marksOf } from '../charts/palette.ts'
import type { Column } from '../columns.ts'
import { figure } from '../figure.ts'
import * as format from '../format.ts'
import { armName } from '../names.ts'
import { alarmNames, day, valueText } from './words.ts'

type Chosen = NonNullable<Trend['chosen']>
type Series = Trend['series'][number]

/** One point of one line, as the table has it. */
interface Row extends TrendPoint {
  readonly name: string
}

/** Sets the lines apart sideways, in nights, so that their intervals do not hide each other. */
const apart = 0.06

/** Shapes that no arm has, around the point that they are about. */
const alarmMarks: Readonly<Record<'regression' | 'improvement', Mark>> = {
  regression: { light: '#a63c00', dark: '#f2a33a', point: 'crossRot', dash: [] },
  improvement: { light: '#00694d', dark: '#4fd6ae', point: 'star', dash: [] },
}

/** One number of a plan over its executions, arm by arm, the alarms marked. */
export function trendFigure({ series }: Trend, chosen: Chosen): HTMLElement {
  const nights = nightsOf(series)
  const place = new Map(nights.map((point, at) => [point.nightly, at + 1]))
  const scale = scaleOf(chosen.metric)
  const names = series.map(nameOf)
  const marks = marksOf(series.map(one => one.arm))
  const at = (point: TrendPoint, line: number) =>
    place.get(point.nightly)! + apart * (line - (series.length - 1) / 2)
  const lines = series.map(
    (one, index): Line => ({
      label: names[index]!,
      mark: marks[index]!,
      points: one.points.map(point => ({
        x: at(point, index),
        y: point.mean * scale,
        ...(point.low !== null && { low: point.low * scale }),
        ...(point.high !== null && { high: point.high * scale }),
        seeds: point.seeds.map(seed => seed.value * scale),
        hollow: point.reused,
        tip: tipOf(point, chosen),
      })),
    }),
  )
  const alarms = (['regression', 'improvement'] as const).flatMap((alarm): Line[] => {
    const points = series.flatMap((one, index) =>
      one.points.filter(point => point.alarm === alarm).map(point => ({ point, index })),
    )
    if (points.length === 0) return []
    return [
      {
        label: alarmNames[alarm],
        mark: alarmMarks[alarm],
        loose: true,
        radius: 11,
        points: points.map(({ point, index }) => ({
          x: at(point, index),
          y: point.mean * scale,
          tip: tipOf(point, chosen),
        })),
      },
    ]
  })
  return figure<Row>({
    name: `trend-${slug(`${chosen.dataset} ${chosen.architecture} ${chosen.measure}`)}`,
    title: `${chosen.measure}: ${chosen.dataset} / ${chosen.architecture}, plan ${chosen.plan}`,
    note: noteOf(series),
    finding: trendFinding(series, chosen),
    drawing: drawLines({
      x: nightAxis(nights),
      y: valueAxis(lines, chosen),
      lines: [...lines, ...alarms],
    }),
    columns: columnsOf(chosen),
    rows: series.flatMap((one, index) =>
      one.points.map(point => ({ ...point, name: names[index]! })),
    ),
  })
}

/** The latest value of each line and what it was before. */
export function trendFinding(series: readonly Series[], { metric }: Chosen): string {
  const parts = series.map(one => {
    const [last, before] = one.points.toReversed()
    if (!last) return ''
    const alarm = last.alarm ? `, ${alarmNames[last.alarm]}` : ''
    const was = before ? ` after ${valueText(metric, before.mean)} the time before` : ''
    return `${nameOf(one)} ${valueText(metric, last.mean)}${was}${alarm}`
  })
  return `${parts.filter(part => part !== '').join('; ')}.`
}

function nameOf({ arm, variant }: Series): string {
  return variant ? `${armName(arm)} (${variant})` : armName(arm)
}

/** The executions that any line has a point of, the oldest first. */
function nightsOf(series: readonly Series[]): TrendPoint[] {
  const found = new Map(series.flatMap(one => one.points).map(point => [point.nightly, point]))
  return [...found.values()].sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1))
}

/** Most executions that are named along the axis. */
const mostTicks = 8

function nightAxis(nights: readonly TrendPoint[]): Axis {
  const step = Math.ceil(nights.length / mostTicks)
  return {
    title: 'nightly (UTC), commit',
    type: 'linear',
    min: 0.5,
    max: nights.length + 0.5,
    ticks: nights.map((_, at) => at + 1).filter(at => (nights.length - at) % step === 0),
    tick: value => {
      const night = nights[value - 1]
      return night
        ? [day(night.startedAt), night.commits?.slice(0, 7)].filter(Boolean).join(' ')
        : ''
    },
  }
}

function valueAxis(lines: readonly Line[], { metric }: Chosen): Axis {
  const values = lines.flatMap(line =>
    line.points.flatMap(({ y, low, high }) => [y!, low ?? y!, high ?? y!]),
  )
  const [least, most] = [Math.min(...values), Math.max(...values)]
  if (metric === 'variance' && least > 0) {
    return logarithmic('relative variance', { min: least / 1.5, max: most * 1.5 })
  }
  if (metric === 'seconds') return { title: 'training time (s)', type: 'linear', min: 0 }
  if (metric === 'cosine' || metric === 'variance') {
    return { title: metric === 'cosine' ? 'cosine' : 'relative variance', type: 'linear' }
  }
  const room = Math.max(2, (most - least) / 5)
  const five = (value: number, round: (value: number) => number) => 5 * round(value / 5)
  return {
    title: 'accuracy (%)',
    type: 'linear',
    min: Math.max(0, five(least - room, Math.floor)),
    max: Math.min(100, five(most + room, Math.ceil)),
  }
}

function scaleOf(metric: Chosen['metric']): number {
  return isAccuracy({ metric }) ? 100 : 1
}

function tipOf(point: TrendPoint, { metric }: Chosen): string[] {
  return [
    `${format.time(point.startedAt)}${point.commits ? `, commit ${point.commits}` : ''}`,
    `${valueText(metric, point.mean)} ${intervalText(metric, point)}`.trim(),
    [
      point.n === null ? '' : `n ${format.count(point.n)}`,
      format.plural(point.seeds.length, 'seed'),
      point.reused ? 'nothing was measured again' : '',
      point.alarm ? alarmNames[point.alarm] : '',
    ]
      .filter(part => part !== '')
      .join(', '),
  ]
}

function intervalText(metric: Chosen['metric'], { low, high }: TrendPoint): string {
  if (low === null || high === null) return ''
  return scaleOf(metric) === 100
    ? format.percentInterval(low, high)
    : `[${format.real(low)}, ${format.real(high)}]`
}

const intervalNames = {
  student: "Student's 95 % interval over seeds",
  wilson: 'Wilson 95 % interval over examples',
} as const

function noteOf(series: readonly Series[]): string {
  const points = series.flatMap(one => one.points)
  const used = [...new Set(points.flatMap(({ interval }) => (interval ? [interval] : [])))]
  const sizes = [...new Set(points.flatMap(({ n }) => (n === null ? [] : [n])))]
  return [
    used.length > 0
      ? `Bars: ${used.map(name => intervalNames[name]).join(', ')}.`
      : 'One seed: no interval.',
    points.some(({ seeds }) => seeds.length > 1) ? 'Small points: single seeds.' : '',
    sizes.length > 0 ? `n ${sizes.map(format.count).join(', ')} a seed.` : '',
    points.some(({ reused }) => reused) ? 'Hollow: nothing was measured again.' : '',
    'Alarms compare with the nightly before, example by example where these are the same.',
  ]
    .filter(part => part !== '')
    .join(' ')
}

function columnsOf(chosen: Chosen): readonly Column<Row>[] {
  const { metric } = chosen
  const unit = scaleOf(metric) === 100 ? 'share' : metric === 'seconds' ? 's' : undefined
  return [
    {
      header: 'Nightly (UTC)',
      value: row => row.startedAt,
      text: row => format.time(row.startedAt).slice(0, 16),
      href: row => `/nightly/${row.nightly}`,
    },
    { header: 'Commit', value: row => row.commits },
    { header: 'Arm', value: row => row.name },
    {
      header: chosen.measure,
      ...(unit && { unit }),
      value: row => row.mean,
      text: row => valueText(metric, row.mean),
      numeric: true,
    },
    {
      header: '95 % interval',
      value: row => row.interval,
      text: row => intervalText(metric, row) || '–',
      numeric: true,
    },
    { header: 'low', value: row => row.low, exportOnly: true },
    { header: 'high', value: row => row.high, exportOnly: true },
    { header: 'n', value: row => row.n, numeric: true },
    { header: 'Seeds', value: row => row.seeds.length, numeric: true },
    { header: 'Alarm', value: row => (row.alarm ? alarmNames[row.alarm] : null) },
    { header: 'Id', value: row => row.nightly, exportOnly: true },
  ]
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, '-')
    .replaceAll(/^-|-$/g, '')
}
