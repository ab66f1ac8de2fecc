import type { Convergence, ConvergenceCurve } from '../../server/schemas/attacks.ts'
import type { Axis } from '../charts/chart.ts'
import { drawLines } from '../charts/lines.ts'
import { logarithmic } from '../charts/logarithmic.ts'
import type { Mark } from '../charts/palette.ts'
import { withThinLines } from '../charts/thin-lines.ts'
import type { Column } from '../columns.ts'
import { figure } from '../figure.ts'
import * as format from '../format.ts'
import { partName } from './parts-figure.ts'
import { groupMarks, groupOfOneName } from './shown.ts'

type Point = ConvergenceCurve['points'][number]

interface Row {
  readonly name: string
  readonly curve: ConvergenceCurve
  readonly point: Point
}

/** What the two figures of one part show. */
export interface ShownConvergence {
  readonly data: Convergence
  /** The curves of one part, one an arm. */
  readonly curves: readonly ConvergenceCurve[]
  /** e.g. `PGD, L∞ ε = 0.1` */
  readonly title: string
}

const losses: Readonly<Record<string, string>> = {
  ce: 'cross-entropy',
  margin: 'margin of the logits',
  dlr: 'difference of logits ratio',
}

/** The value of a point, its interval, and what single models gave. */
interface Measure {
  readonly of: (point: Point) => number | null
  readonly bounds: (point: Point) => readonly [low: number | null, high: number | null]
  readonly seed: (seed: Point['seeds'][number]) => number | null
}

const accuracy: Measure = {
  of: point => point.accuracy * 100,
  bounds: point => [point.low * 100, point.high * 100],
  seed: seed => seed.accuracy * 100,
}

const loss: Measure = {
  of: point => point.loss,
  bounds: point => [point.lossLow, point.lossHigh],
  seed: seed => seed.loss,
}

/** Robust accuracy over the iterations, which can only fall. */
export function accuracyOverIterations(shown: ShownConvergence): HTMLElement {
  const { curves, title } = shown
  const marked = curves.some(({ unconverged }) => unconverged.length > 0)
  return figure({
    name: `convergence-accuracy-${curves[0]!.part}`,
    title: `Accuracy left, ${title}`,
    note: [
      sizes(curves),
      intervals(curves, 'Wilson 95 % over examples'),
      drawnNote(curves),
      marked ? 'Hollow at the end: not converged, see above.' : '',
    ]
      .filter(Boolean)
      .join(' '),
    finding: convergenceFinding(shown),
    drawing: drawn(shown, accuracy, {
      ...{ title: 'accuracy left (%)', type: 'linear' },
      ...{ min: 0, max: 100, ticks: [0, 20, 40, 60, 80, 100] },
    }),
    columns,
    rows: rowsOf(shown),
    size: 'medium',
  })
}

/** The loss that is raised over the iterations: the highest so far. */
export function lossOverIterations(shown: ShownConvergence): HTMLElement {
  const { curves, title } = shown
  const name = losses[curves[0]!.lossName] ?? curves[0]!.lossName
  const said = curves.flatMap(curve => {
    const [first, last] = [curve.points[0]?.loss, curve.points.at(-1)?.loss]
    if (typeof first !== 'number' || typeof last !== 'number') return []
    return [`${nameOf(shown.data, curve)} from ${format.real(first)} to ${format.real(last)}`]
  })
  return figure({
    name: `convergence-loss-${curves[0]!.part}`,
    title: `Highest loss so far, ${title}`,
    note:
      `Mean ${name} over the examples that are right without attack and that the attack has met. One that ` +
      `was broken keeps its loss. ${intervals(curves, 'none for one model')}`,
    finding: `Mean of the highest ${name} so far: ${said.join('; ')}.`,
    drawing: drawn(shown, loss, { title: `${name}, highest so far`, type: 'linear' }),
    columns,
    rows: rowsOf(shown),
    size: 'medium',
  })
}

/** What the iterations leave, and whether more would leave less. */
export function convergenceFinding({ data, curves }: ShownConvergence): string {
  const said = curves.map(curve => {
    const [first, last] = [curve.points[0]!, curve.points.at(-1)!]
    const open = curve.unconverged.length
    return (
      `${nameOf(data, curve)}: ${format.percent(first.accuracy)} after ${first.iteration}, ` +
      `${format.percent(last.accuracy)} after ${last.iteration}` +
      (open > 0 ? `, not converged for ${open} of ${last.seeds.length}` : ', converged')
    )
  })
  return `Accuracy left by iterations. ${said.join('; ')}.`
}

/** Each model for which half of the iterations leave more. */
export function unconvergedRemarks({ data, curves }: ShownConvergence): string[] {
  return curves.flatMap(curve =>
    curve.unconverged.map(
      ({ seed, iteration, before, after, tolerance }) =>
        `${nameOf(data, curve)}, seed ${seed}: ${format.percent(before)} after ${iteration} iterations, ` +
        `${format.percent(after)} after all; more than ${format.points(tolerance).replace('+', '')} points apart.`,
    ),
  )
}

function drawn({ data, curves }: ShownConvergence, measure: Measure, y: Axis) {
  const marks = groupMarks(data.groups)
  const markOf = (curve: ConvergenceCurve): Mark => marks.get(curve.group)!
  const lines = curves.map(curve => {
    const last = curve.points.length - 1
    const every = Math.max(1, Math.round(last / 6))
    return {
      label: `${nameOf(data, curve)}${curve.unconverged.length > 0 ? ', not converged' : ''}`,
      mark: markOf(curve),
      radius: 3,
      points: curve.points.map((point, at) => {
        const [low, high] = measure.bounds(point)
        const barred = (last - at) % every === 0 && low !== null && high !== null
        return {
          x: point.iteration,
          y: measure.of(point),
          ...(barred && { low, high }),
          hollow: at === last && curve.unconverged.length > 0,
          tip: [
            `after ${point.iteration}: ${format.percent(point.accuracy)} ${format.percentInterval(point.low, point.high)} left`,
            `highest loss ${format.real(point.loss)}; ${format.plural(point.seeds.length, 'model')}, n = ${format.count(point.n)} each`,
          ],
        }
      }),
    }
  })
  const seeds = curves.flatMap(curve => {
    const models = curve.points.at(-1)!.seeds
    if (models.length < 2) return []
    return models.map(({ model }) => ({
      mark: markOf(curve),
      points: curve.points.flatMap(point => {
        const own = point.seeds.find(seed => seed.model === model)
        const value = own ? measure.seed(own) : null
        return value === null ? [] : [{ x: point.iteration, y: value }]
      }),
    }))
  })
  const most = Math.max(...curves.flatMap(({ points }) => points.map(({ iteration }) => iteration)))
  const title = 'iterations, through all restarts'
  const x: Axis =
    most > 40
      ? logarithmic(title, { min: 0.9, max: most * 1.15 })
      : { title, type: 'linear', min: 0, max: most + 1 }
  return withThinLines(drawLines({ x, y, lines }), seeds)
}

function nameOf(data: Convergence, { group }: ConvergenceCurve): string {
  return groupOfOneName(data.groups.find(({ id }) => id === group)!)
}

function rowsOf({ data, curves }: ShownConvergence): Row[] {
  return curves.flatMap(curve =>
    curve.points.map(point => ({ name: nameOf(data, curve), curve, point })),
  )
}

function drawnNote(curves: readonly ConvergenceCurve[]): string {
  return curves[0]!.drawn
    ? 'Edges are there in part until the last point, which is the graph drawn from them.'
    : ''
}

function sizes(curves: readonly ConvergenceCurve[]): string {
  const points = curves.map(({ points }) => points.at(-1)!)
  const n = Math.min(...points.map(point => point.n))
  const models = Math.max(...points.map(point => point.seeds.length))
  return `n = ${format.count(n)} test examples × ${format.plural(models, 'model')} of an arm.`
}

function intervals(curves: readonly ConvergenceCurve[], alone: string): string {
  const models = Math.max(...curves.map(({ points }) => points.at(-1)!.seeds.length))
  return models > 1
    ? "Bars at some of the points: Student's 95 % over models; thin lines: single seeds."
    : `Bars at some of the points: ${alone}.`
}

const columns: readonly Column<Row>[] = [
  { header: 'Model', value: row => row.name },
  { header: 'Part', value: ({ curve }) => partName(curve.part) },
  {
    header: 'Iteration',
    unit: 'through all restarts',
    value: ({ point }) => point.iteration,
    numeric: true,
  },
  {
    header: 'Accuracy left',
    unit: 'share',
    value: ({ point }) => point.accuracy,
    text: ({ point }) => format.percent(point.accuracy),
    numeric: true,
  },
  { header: '95 % low', unit: 'share', value: ({ point }) => point.low, exportOnly: true },
  { header: '95 % high', unit: 'share', value: ({ point }) => point.high, exportOnly: true },
  {
    header: '95 % interval',
    value: ({ point }) => format.percentInterval(point.low, point.high),
    numeric: true,
  },
  { header: 'Loss raised', value: ({ curve }) => losses[curve.lossName] ?? curve.lossName },
  {
    header: 'Highest loss so far',
    unit: 'mean over examples',
    value: ({ point }) => point.loss,
    text: ({ point }) => format.real(point.loss),
    numeric: true,
  },
  { header: 'Loss, 95 % low', value: ({ point }) => point.lossLow, exportOnly: true },
  { header: 'Loss, 95 % high', value: ({ point }) => point.lossHigh, exportOnly: true },
  {
    header: 'n',
    unit: 'test examples a model',
    value: ({ point }) => point.n,
    text: ({ point }) => format.count(point.n),
    numeric: true,
  },
  {
    header: 'By seed',
    unit: 'percent left',
    value: ({ point }) =>
      point.seeds.map(one => `${one.seed}: ${(one.accuracy * 100).toFixed(1)}`).join('; '),
  },
]
