import type { StepGroup } from '../../server/schemas/gradients.ts'
import { drawLines, type Line, type LinePoint } from '../charts/lines.ts'
import { logarithmic } from '../charts/logarithmic.ts'
import { markOf, sharedMark } from '../charts/palette.ts'
import type { Column } from '../columns.ts'
import { figure } from '../figure.ts'
import * as format from '../format.ts'
import { armName } from '../names.ts'
import type { ArmAccuracy } from '../steps/accuracy.ts'
import { chanceLevel, type StepPoint, stepPoints } from '../steps/points.ts'

/** Backprop's gradient, one estimate of it and what estimates share, from step to step. */
export function stepsFigure(group: StepGroup, finding: string): HTMLElement {
  const points = stepPoints(group)
  const level = chanceLevel(group)
  return figure({
    name: 'gradient-by-step',
    title: `Gradient by time step: ${group.architecture} trained with ${armName(group.arm)}`,
    note: noteOf(group),
    finding,
    drawing: drawLines({
      x: {
        title: 'time step, from the first to the last',
        type: 'linear',
        min: 0.5,
        max: points.length + 0.5,
        ticks: stepTicks(points.length),
        tick: String,
      },
      y: logarithmic('norm of the gradient at a step (log)', ends(points)),
      lines: linesOf(points),
      ...(level > 0 && { references: [{ y: level, label: 'noise alone shares as much' }] }),
    }),
    columns,
    rows: points,
  })
}

function linesOf(points: readonly StepPoint[]): Line[] {
  const line = (
    of: (point: StepPoint) => { readonly y: number | null; readonly seeds: StepPoint['signal'] },
  ) =>
    points.map((point): LinePoint => {
      const { y, seeds } = of(point)
      return {
        x: point.place,
        y: y === 0 ? null : y,
        seeds: seeds.seeds.filter(value => value !== null && value > 0) as number[],
        tip: [`step ${point.place}: ${format.real(y)}`, format.plural(seeds.n, 'model')],
      }
    })
  return [
    {
      label: 'backprop',
      mark: markOf('bp'),
      points: line(({ backprop }) => ({ y: backprop.mean, seeds: backprop })),
    },
    {
      label: 'one likelihood-ratio estimate, with its noise',
      mark: markOf('lr-logit'),
      dash: [6, 4],
      points: line(({ estimate }) => ({ y: estimate.mean, seeds: estimate })),
    },
    {
      label: 'what estimates share, without their noise',
      mark: sharedMark,
      loose: true,
      radius: 8,
      points: line(({ told, signal }) => ({ y: told, seeds: signal })),
    },
  ]
}

function noteOf({ models, repeats, batch, copies, sigma, site, training }: StepGroup): string {
  return (
    `n = ${format.plural(models.length, 'model')}, each with ${format.plural(repeats, 'estimate')} ` +
    `on one batch of ${format.plural(batch, 'example')}; K = ${copies} copies, ` +
    `σ = ${format.epsilon(sigma)}, site ${site}; ${training}. Norm of the gradient ` +
    'for the pre-activation, root mean square over the examples. Lines: geometric mean over the ' +
    'models; small points: single models. What estimates share has no point where it is below the ' +
    'dashed level or not seen in every model: two means of noise alone have as much in common there.'
  )
}

function ends(points: readonly StepPoint[]) {
  const values = points
    .flatMap(({ backprop, estimate, signal }) => [backprop, estimate, signal])
    .flatMap(({ seeds }) => seeds)
    .filter(value => value !== null && value > 0) as number[]
  return { min: Math.min(...values) / 1.3, max: Math.max(...values) * 1.3 }
}

/** The first step, the last, and round ones between. */
function stepTicks(steps: number): number[] {
  const apart = [1, 2, 5, 10, 20, 50, 100].find(size => steps / size <= 20) ?? 200
  const round = Array.from({ length: steps }, (_, at) => at + 1).filter(
    step => step % apart === 0 && steps - step >= apart / 2 && step > apart / 2,
  )
  return [...new Set([1, ...round, steps])]
}

const columns: readonly Column<StepPoint>[] = [
  { header: 'Network', value: ({ group }) => group.architecture, exportOnly: true },
  { header: 'Trained with', value: ({ group }) => armName(group.arm), exportOnly: true },
  { header: 'Training', value: ({ group }) => group.training, exportOnly: true },
  { header: 'Engine', value: ({ group }) => group.engine, exportOnly: true },
  { header: 'Site', value: ({ group }) => group.site, exportOnly: true },
  { header: 'Copies', value: ({ group }) => group.copies, exportOnly: true },
  { header: 'σ', value: ({ group }) => group.sigma, exportOnly: true },
  { header: 'Step', value: point => point.place, numeric: true },
  ...norms('Backprop', point => point.backprop),
  ...norms('One estimate', point => point.estimate),
  ...norms('Shared', point => point.signal),
  { header: 'Told from noise', value: point => (point.told === null ? 'no' : 'yes') },
  { header: 'Shared seen in', unit: 'models', value: point => point.signal.n, numeric: true },
  { header: 'n', unit: 'models', value: ({ group }) => group.models.length, numeric: true },
  { header: 'Estimates', value: ({ group }) => group.repeats, exportOnly: true },
  {
    header: 'Clean accuracy',
    unit: 'share',
    value: ({ group }) => group.cleanAccuracy,
    exportOnly: true,
  },
]

function norms(header: string, of: (point: StepPoint) => StepPoint['signal']): Column<StepPoint>[] {
  return [
    {
      header,
      value: point => of(point).mean,
      text: point => format.real(of(point).mean),
      numeric: true,
    },
    {
      header: `${header}, single models`,
      value: point =>
        of(point)
          .seeds.map(value => value ?? 'none')
          .join(' '),
      exportOnly: true,
    },
  ]
}

interface AccuracyRow {
  readonly arm: string
  readonly models: number
  readonly id: string
  readonly seed: number
  readonly accuracy: number
  readonly mean: number
}

/** How right the models are without attack, arm by arm. */
export function stepsAccuracyFigure(
  arms: readonly ArmAccuracy[],
  { chance, architecture }: StepGroup,
): HTMLElement {
  const names = arms.map(({ arm }) => armName(arm))
  const rows = arms.flatMap(({ arm, accuracy, models }) =>
    models.map(({ id, seed, accuracy: own }): AccuracyRow => {
      return { arm, models: models.length, id, seed, accuracy: own, mean: accuracy }
    }),
  )
  const said = arms.map(({ arm, accuracy }) => `${armName(arm)} ${format.percent(accuracy)}`)
  return figure({
    name: 'accuracy-by-arm',
    title: `What it buys: ${architecture} without attack`,
    note:
      `n = ${[...new Set(arms.map(({ models }) => models.length))].join(' or ')} models of each arm, ` +
      'trained alike otherwise. Large points: mean; small points: single models; over the whole ' +
      'test split.',
    finding: `${said.join(', ')}; by guessing ${format.percent(chance)}.`,
    drawing: drawLines({
      x: { title: 'trained with', type: 'category', labels: names },
      y: {
        title: 'clean accuracy',
        type: 'linear',
        min: 0,
        max: 1,
        ticks: [0, 0.2, 0.4, 0.6, 0.8, 1],
        tick: value => `${Math.round(value * 100)} %`,
      },
      lines: arms.map(({ arm, accuracy, models }) => ({
        label: armName(arm),
        mark: markOf(arm),
        loose: true,
        bold: true,
        // Points with intervals are placed by their number, whatever category they name.
        points: names.map(name => {
          const own = name === armName(arm)
          return {
            x: name,
            y: own ? accuracy : null,
            seeds: own ? models.map(model => model.accuracy) : [],
            tip: [format.percent(accuracy), format.plural(models.length, 'model')],
          }
        }),
      })),
      references: [{ y: chance, label: 'guessing' }],
      legend: false,
    }),
    columns: accuracyColumns,
    rows,
  })
}

const accuracyColumns: readonly Column<AccuracyRow>[] = [
  {
    header: 'Model',
    value: ({ arm, seed }) => `${armName(arm)} seed ${seed}`,
    href: ({ id }) => `/runs/${id}`,
  },
  {
    header: 'Clean accuracy',
    unit: 'share',
    value: ({ accuracy }) => accuracy,
    text: ({ accuracy }) => format.percent(accuracy),
    numeric: true,
  },
  {
    header: 'Mean',
    unit: 'share',
    value: ({ mean }) => mean,
    text: ({ mean }) => format.percent(mean),
    numeric: true,
  },
  { header: 'n', unit: 'models', value: ({ models }) => models, numeric: true },
]
