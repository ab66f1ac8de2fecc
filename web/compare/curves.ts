import type { Comparison } from '../../server/schemas/compare.ts'
import type { LearningPoint } from '../../server/schemas/runs.ts'
import { drawLines } from '../charts/lines.ts'
import type { Column } from '../columns.ts'
import { figure } from '../figure.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { axes, columns } from '../pages/learning-curve.ts'
import { picker, pickers } from '../pickers.ts'
import { choice } from '../url-state.ts'
import type { Labelled } from './labels.ts'

interface Row {
  readonly label: Labelled
  readonly point: LearningPoint
}

const measures = [
  {
    name: 'accuracy',
    title: 'Test accuracy',
    axis: { title: 'accuracy (%)', type: 'linear', min: 0, max: 100 },
    of: ({ testAccuracy }: LearningPoint) => (testAccuracy === null ? null : testAccuracy * 100),
    text: ({ testAccuracy }: LearningPoint) => format.percent(testAccuracy),
    note: 'Measured on the first test examples; one line a run, no interval over seeds.',
  },
  {
    name: 'loss',
    title: 'Training loss',
    axis: { title: 'training loss', type: 'linear', min: 0 },
    of: ({ trainLoss }: LearningPoint) => trainLoss,
    text: ({ trainLoss }: LearningPoint) => format.real(trainLoss),
    note: 'Mean since the previous point. A gap is a loss that was not finite.',
  },
] as const

/** The learning curves of all runs in one chart a measure, against what the address names. */
export function curvesSection(
  { curves }: Comparison,
  runs: readonly Labelled[],
  params: URLSearchParams,
): HTMLElement[] {
  if (curves.every(curve => curve.length === 0)) {
    return [h('p', { class: 'muted' }, 'No learning curve was kept of these runs.')]
  }
  const names = Object.keys(axes) as (keyof typeof axes)[]
  const x = choice(params, 'x', names, 'updates')
  const rows = runs.flatMap((label, at) => curves[at]!.map((point): Row => ({ label, point })))
  return [
    pickers(
      'Axis of the learning curves',
      picker(
        'Against',
        'x',
        names.map(value => ({ value, text: axes[value] })),
        x,
      ),
    ),
    h(
      'div',
      { class: 'grid wide' },
      ...measures.map(({ name, title, axis, of, text, note }) =>
        figure({
          name: `compare-${name}-${x}`,
          title: `${title} against ${axes[x]}`,
          note,
          finding: `${runs
            .map((label, at) => {
              const last = curves[at]!.filter(point => of(point) !== null).at(-1)
              if (!last) return `${label.name} has no value`
              return `${label.name} ends at ${text(last)} after ${format.count(last.updates)} updates`
            })
            .join('; ')}.`,
          drawing: drawLines({
            x: { title: axes[x], type: 'linear', min: 0, tick: format.count },
            y: axis,
            lines: runs.map((label, at) => ({
              label: label.name,
              mark: label.mark,
              points: curves[at]!.map(point => ({
                x: point[x],
                y: of(point),
                tip: [`${format.count(point.updates)} updates: ${text(point)}`],
              })),
            })),
          }),
          columns: [
            { header: 'Run', value: ({ label }) => label.run.id, exportOnly: true },
            { header: 'Which', value: ({ label }) => label.name },
            ...columns.map(
              (column): Column<Row> => ({
                header: column.header,
                ...(column.unit && { unit: column.unit }),
                value: ({ point }) => column.value(point),
                text: ({ point }) => column.text?.(point) ?? String(column.value(point) ?? '–'),
                numeric: true,
              }),
            ),
          ],
          rows,
          size: 'medium',
        }),
      ),
    ),
  ]
}
