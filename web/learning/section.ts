import type { Learning, LearningSeries, LearningStep } from '../../server/schemas/learning.ts'
import { drawLines } from '../charts/lines.ts'
import { type Mark, marksOf } from '../charts/palette.ts'
import type { Column } from '../columns.ts'
import { figure } from '../figure.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { seriesName } from '../names.ts'
import { axes } from '../pages/learning-curve.ts'
import { picker, pickers } from '../pickers.ts'
import { choice } from '../url-state.ts'

type Cost = keyof typeof axes

interface Row {
  readonly series: LearningSeries
  readonly step: LearningStep
}

const measures = {
  accuracy: {
    title: 'Test accuracy',
    axis: { title: 'accuracy (%)', type: 'linear', min: 0, max: 100 },
    scale: 100,
    text: (value: number | null) => format.percent(value),
  },
  loss: {
    title: 'Training loss',
    axis: { title: 'training loss', type: 'linear', min: 0 },
    scale: 1,
    text: (value: number | null) => format.real(value),
  },
} as const

/** How fast matched arms learn, against updates, forward passes or seconds. */
export function learningSection(
  { series, setting }: Learning,
  params: URLSearchParams,
  /** Pickers of what is drawn. */
  which: readonly (HTMLElement | false)[],
): HTMLElement {
  const costs = Object.keys(axes) as Cost[]
  const cost = choice(params, 'cost', costs, 'updates')
  const marks = marksOf(series.map(({ arm }) => arm))
  const where = setting ? ` on ${setting.dataset} / ${setting.architecture}` : ''
  return h(
    'section',
    { 'aria-labelledby': 'learning', class: 'learning' },
    h('h2', { id: 'learning' }, `Learning curves${where}`),
    pickers(
      'What the learning curves show',
      ...which,
      picker(
        'Learning against',
        'cost',
        costs.map(value => ({ value, text: axes[value] })),
        cost,
      ),
    ),
    h(
      'div',
      { class: 'grid wide' },
      learningFigure(series, marks, cost, 'accuracy'),
      learningFigure(series, marks, cost, 'loss'),
    ),
  )
}

function learningFigure(
  all: readonly LearningSeries[],
  marks: readonly Mark[],
  cost: Cost,
  name: keyof typeof measures,
): HTMLElement {
  const { title, axis, scale, text } = measures[name]
  const rows = all.flatMap(series => series.steps.map((step): Row => ({ series, step })))
  const seeds = [...new Set(all.map(one => one.seeds.length))].sort((a, b) => a - b)
  return figure({
    name: `learning-${name}-${cost}`,
    title: `${title} against ${axes[cost]}`,
    note:
      `n = ${seeds.join(' or ')} seeds an arm, matched: same initial weights, data order and updates. ` +
      "Lines: mean over seeds; bars: Student's 95 % interval; small points: single seeds.",
    finding: `${all.map(one => endOf(one, cost, name)).join('; ')}.`,
    drawing: drawLines({
      x: { title: axes[cost], type: 'linear', min: 0, tick: format.count },
      y: axis,
      lines: all.map((series, at) => ({
        label: seriesName(series.key),
        mark: marks[at]!,
        radius: 3,
        points: series.steps.map(step => {
          const value = step[name]
          return {
            x: step[cost],
            y: value && value.mean * scale,
            low: value?.low == null ? undefined : value.low * scale,
            high: value?.high == null ? undefined : value.high * scale,
            seeds: (value?.seeds ?? []).map(one => one * scale),
            tip: [`${format.count(step.updates)} updates: ${text(value?.mean ?? null)}`],
          }
        }),
      })),
    }),
    columns: columnsOf(name),
    rows,
    size: 'medium',
  })
}

function endOf(series: LearningSeries, cost: Cost, name: keyof typeof measures): string {
  const last = series.steps.filter(step => step[name] !== null).at(-1)
  if (!last) return `${seriesName(series.key)} has no value`
  const spent = cost === 'seconds' ? format.duration(last.seconds) : format.count(last[cost])
  const value = measures[name].text(last[name]!.mean)
  return `${seriesName(series.key)} ends at ${value} after ${spent}${cost === 'seconds' ? '' : ` ${axes[cost]}`}`
}

function columnsOf(name: keyof typeof measures): Column<Row>[] {
  const { title, text } = measures[name]
  const unit = name === 'accuracy' ? 'share' : 'loss'
  return [
    { header: 'Arm', value: ({ series }) => seriesName(series.key) },
    { header: 'Updates', value: ({ step }) => step.updates, numeric: true },
    {
      header: 'Forwards',
      value: ({ step }) => step.forwards,
      text: ({ step }) => format.count(step.forwards),
      numeric: true,
    },
    {
      header: 'Time',
      unit: 's',
      value: ({ step }) => step.seconds,
      text: ({ step }) => format.duration(step.seconds),
      numeric: true,
    },
    {
      header: title,
      unit,
      value: ({ step }) => step[name]?.mean ?? null,
      text: ({ step }) => text(step[name]?.mean ?? null),
      numeric: true,
    },
    {
      header: '95 % low',
      unit: 'Student',
      value: ({ step }) => step[name]?.low ?? null,
      exportOnly: true,
    },
    {
      header: '95 % high',
      unit: 'Student',
      value: ({ step }) => step[name]?.high ?? null,
      exportOnly: true,
    },
    {
      header: '95 % over seeds',
      value: ({ step }) => intervalOf(step[name], text),
      numeric: true,
    },
    {
      header: 'By seed',
      value: ({ step }) => (step[name]?.seeds ?? []).join(' '),
      exportOnly: true,
    },
    {
      header: 'n',
      unit: 'seeds',
      value: ({ step }) => step[name]?.seeds.length ?? 0,
      numeric: true,
    },
  ]
}

function intervalOf(value: LearningStep['loss'], text: (value: number) => string): string {
  if (value === null || value.low === null || value.high === null) return '–'
  return `[${text(value.low)}, ${text(value.high)}]`
}
