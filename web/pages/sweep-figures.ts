import type { Axis } from '../charts/chart.ts'
import { drawLines } from '../charts/lines.ts'
import { logarithmic } from '../charts/logarithmic.ts'
import { familyMarks } from '../charts/palette.ts'
import type { Column } from '../columns.ts'
import { figure } from '../figure.ts'
import * as format from '../format.ts'
import { armName } from '../names.ts'
import type { Choices } from '../sweep/choices.ts'
import { pointTip, type SweepPoint, sweepLines, sweepPoints } from '../sweep/lines.ts'
import { type Measure, type MeasureName, measures } from '../sweep/measures.ts'
import { variables } from '../sweep/variables.ts'

/** Most lines that can be told apart. */
const mostLines = 12
const tooMany = ' These are many lines: choose fewer above to tell them apart.'

/** One measure of the chosen probes against the chosen axis. */
export function sweepFigure(choices: Choices, name: MeasureName): HTMLElement {
  const measure = measures[name]
  const lines = sweepLines(choices)
  const marks = familyMarks(lines.map(line => line.family))
  const drawn = lines.map((line, at) => ({
    label: line.label,
    mark: marks[at]!,
    all: sweepPoints(line, choices, measure),
  }))
  const points = drawn.flatMap(({ all }) => all)
  return figure({
    name: `sweep-${name}-${choices.axis}`,
    title: `${measure.title} by ${axisWord(choices)}`,
    note: noteOf(points, choices, measure) + (lines.length > mostLines ? tooMany : ''),
    finding: findingOf(drawn, choices),
    drawing: drawLines({
      x: horizontal(points, choices),
      y: vertical(measure, points),
      lines: drawn.map(({ label, mark, all }) => ({
        label,
        mark,
        points: all.map(point => ({
          x: point.x,
          y: point.value,
          ...(point.low !== null && { low: point.low }),
          ...(point.high !== null && { high: point.high }),
          seeds: point.seeds,
          hollow: point.bounded ?? false,
          tip: pointTip(point, choices),
        })),
      })),
      ...(!measure.logarithmic && { references: [{ y: 1 }, { y: 0 }] }),
    }),
    columns: columnsOf(choices, measure),
    rows: points,
    size: 'medium',
  })
}

function axisWord({ axis }: Choices): string {
  if (axis === 'layer') return 'layer'
  return axis === 'time' ? 'time' : variables[axis].label
}

function noteOf(points: readonly SweepPoint[], choices: Choices, measure: Measure): string {
  const range = (values: readonly number[], noun: string) => {
    const [low, high] = [Math.min(...values), Math.max(...values)]
    const many = format.plural(high, noun)
    return low === high ? many : `${format.count(low)} to ${many}`
  }
  if (points.length === 0) return 'Nothing was measured here.'
  const repeats = points.map(point => point.repeats)
  const seeds = points.map(point => point.seeds.length)
  const mean = `${measure.logarithmic ? 'geometric ' : ''}mean over`
  const layers = { all: `${mean} layers and seeds`, first: `first layer, ${mean} seeds` }
  const lines = choices.along
    ? { ...layers, last: `last layer, ${mean} seeds` }[choices.layers]
    : `${mean} seeds`
  return (
    `n = ${range(repeats, 'estimate')} of one batch for each layer and seed, ` +
    `${range(seeds, 'seed')}. Lines: ${lines}; small points: single seeds. ${measure.note}`
  )
}

/** From where to where each line goes. */
function findingOf(
  drawn: readonly { readonly label: string; readonly all: readonly SweepPoint[] }[],
  choices: Choices,
): string {
  const place = (point: SweepPoint) =>
    choices.along
      ? `${variables[choices.along].label} ${variables[choices.along].text(point.place)}`
      : `layer ${point.place}`
  const said = drawn.flatMap(({ label, all }) => {
    const [first, last] = [all[0], all.at(-1)]
    if (!first || !last) return []
    if (first === last) return [`${label}: ${first.text} at ${place(first)}`]
    return [`${label}: from ${first.text} at ${place(first)} to ${last.text} at ${place(last)}`]
  })
  return said.length > 0 ? `${said.join('. ')}.` : 'Nothing was measured here.'
}

function horizontal(points: readonly SweepPoint[], { axis }: Choices): Axis {
  const places = [...new Set(points.map(point => point.x))].sort((a, b) => a - b)
  const [first = 1, last = 1] = [places[0], places.at(-1)]
  if (axis === 'layer') {
    return {
      title: 'layer, from input to output',
      type: 'linear',
      min: 0.5,
      max: last + 0.5,
      ticks: places,
      tick: String,
    }
  }
  const ends = { min: first / 1.2, max: last * 1.2 }
  if (axis === 'time') {
    return logarithmic('time of one estimate of a layer (ms, log)', ends)
  }
  const { title, text } = variables[axis]
  return { title, type: 'logarithmic', ...ends, ticks: places, tick: text }
}

function vertical(measure: Measure, points: readonly SweepPoint[]): Axis {
  if (measure.logarithmic) {
    const values = points.flatMap(({ value, seeds }) => [value, ...seeds])
    const ends = { min: Math.min(...values) / 1.3, max: Math.max(...values) * 1.3 }
    return logarithmic(measure.axis, ends)
  }
  const lowest = Math.min(0, ...points.flatMap(({ low, value, seeds }) => [low ?? value, ...seeds]))
  return {
    title: measure.axis,
    type: 'linear',
    min: Math.max(-1, Math.floor(lowest * 10) / 10),
    max: 1.05,
    tick: value => (value > 1 ? '' : format.epsilon(value)),
  }
}

function columnsOf({ axis, along, layers }: Choices, measure: Measure): Column<SweepPoint>[] {
  const sized = (['depth', 'width', 'copies', 'sigma'] as const).map(
    (name): Column<SweepPoint> => ({
      header: variables[name].label,
      value: point => (name === along ? point.place : (point.line.at[name] ?? null)),
      numeric: true,
    }),
  )
  return [
    { header: 'Network', value: point => point.line.architecture },
    { header: 'Trained with', value: point => armName(point.line.arm) },
    { header: 'Training', value: point => point.line.training, exportOnly: true },
    { header: 'Estimator', value: point => armName(point.line.estimator) },
    { header: 'Options', value: point => point.line.variant, exportOnly: true },
    { header: 'Engine', value: point => point.line.engine, exportOnly: true },
    ...sized,
    ...(axis === 'time'
      ? [
          {
            header: 'Time',
            unit: 'ms',
            value: (point: SweepPoint) => point.x,
            numeric: true,
            text: (point: SweepPoint) => format.real(point.x),
          },
        ]
      : []),
    {
      header: 'Layer',
      value: point =>
        along ? { all: 'mean of all', first: 'first', last: 'last' }[layers] : point.place,
    },
    {
      header: measure.title,
      value: point => point.value,
      text: point => point.text,
      numeric: true,
    },
    { header: 'at most', value: point => point.bounded ?? false, exportOnly: true },
    { header: '95 % low', unit: 'normal', value: point => point.low, exportOnly: true },
    { header: '95 % high', unit: 'normal', value: point => point.high, exportOnly: true },
    { header: 'single seeds', value: point => point.seeds.join(' '), exportOnly: true },
    { header: 'Seeds', value: point => point.seeds.length, numeric: true },
    { header: 'Layers', value: point => point.layers, numeric: true },
    { header: 'n', unit: 'estimates', value: point => point.repeats, numeric: true },
  ]
}
