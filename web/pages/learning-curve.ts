import type { LearningPoint, RunDetail } from '../../server/schemas/runs.ts'
import { drawLines } from '../charts/lines.ts'
import { markOf } from '../charts/palette.ts'
import type { Column } from '../columns.ts'
import { figure } from '../figure.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { picker, pickers } from '../pickers.ts'
import { choice } from '../url-state.ts'

/** What a training costs, and how an axis of it is named. */
export const axes = {
  updates: 'optimiser steps',
  forwards: 'forward passes over a batch',
  seconds: 'training time (s)',
} as const

/** Test accuracy and training loss along the training, against the cost that the address names. */
export function curveSection({ run, curve }: RunDetail, params: URLSearchParams): HTMLElement[] {
  if (curve.length === 0) return [h('p', { class: 'muted' }, 'No learning curve was kept.')]
  const names = Object.keys(axes) as (keyof typeof axes)[]
  const x = choice(params, 'x', names, 'updates')
  const options = names.map(value => ({ value, text: axes[value] }))
  const axis = { title: axes[x], type: 'linear', min: 0, tick: format.count } as const
  const mark = { ...markOf(run.arm), dash: [] }
  const measured = curve.filter(point => point.testAccuracy !== null)
  const last = measured.at(-1)
  const lossPoint = curve.filter(point => point.trainLoss !== null).at(-1)
  return [
    pickers('Axis of the learning curve', picker('Against', 'x', options, x)),
    h(
      'div',
      { class: 'grid' },
      figure({
        name: `learning-accuracy-${run.id}`,
        title: 'Test accuracy',
        note: 'One run, measured on the first test examples: no interval over seeds.',
        finding: last
          ? `It ends at ${format.percent(last.testAccuracy)} after ${format.count(last.updates)} updates.`
          : 'It was not measured.',
        drawing: drawLines({
          x: axis,
          y: { title: 'accuracy (%)', type: 'linear', min: 0, max: 100 },
          lines: [
            {
              label: 'test accuracy',
              mark,
              points: measured.map(point => ({
                x: point[x],
                y: point.testAccuracy! * 100,
                tip: [
                  `${format.count(point.updates)} updates: ${format.percent(point.testAccuracy)}`,
                ],
              })),
            },
          ],
          legend: false,
        }),
        columns,
        rows: curve,
        size: 'small',
      }),
      figure({
        name: `learning-loss-${run.id}`,
        title: 'Training loss',
        note: 'Mean since the previous point. A gap is a loss that was not finite.',
        finding: lossPoint
          ? `It ends at ${format.real(lossPoint.trainLoss)}.`
          : 'It was never finite.',
        drawing: drawLines({
          x: axis,
          y: { title: 'cross-entropy (nats)', type: 'linear', min: 0 },
          lines: [
            {
              label: 'training loss',
              mark,
              points: curve.map(point => ({
                x: point[x],
                y: point.trainLoss,
                tip: [`${format.count(point.updates)} updates: ${format.real(point.trainLoss)}`],
              })),
            },
          ],
          legend: false,
        }),
        columns,
        rows: curve,
        size: 'small',
      }),
    ),
  ]
}

/** A learning curve as a table. */
export const columns: readonly Column<LearningPoint>[] = [
  { header: 'Updates', value: point => point.updates, numeric: true },
  {
    header: 'Epoch',
    value: point => point.epoch,
    text: point => format.real(point.epoch),
    numeric: true,
  },
  { header: 'Forwards', value: point => point.forwards, numeric: true },
  {
    header: 'Time',
    unit: 's',
    value: point => point.seconds,
    text: point => format.duration(point.seconds),
    numeric: true,
  },
  {
    header: 'Training loss',
    unit: 'nats',
    value: point => point.trainLoss,
    text: point => format.real(point.trainLoss),
    numeric: true,
  },
  {
    header: 'Test accuracy',
    unit: 'share',
    value: point => point.testAccuracy,
    text: point => format.percent(point.testAccuracy),
    numeric: true,
  },
  {
    header: 'Learning rate',
    value: point => point.learningRate,
    text: point => format.real(point.learningRate),
    numeric: true,
  },
  {
    header: 'Gradient norm',
    value: point => point.gradientNorm,
    text: point => format.real(point.gradientNorm),
    numeric: true,
  },
]
