import type { EvaluationRow } from '../../src/store/queries/evaluations.ts'
import type { Curve, Flag, Gap, Robustness } from '../schemas/robustness.ts'
import type { Series } from '../schemas/settings.ts'
import { by } from '../settings.ts'
import { WORST_CASE } from '../worst-case.ts'

/** Level at which a difference is called one. */
const ALPHA = 0.05

/** Everything that makes the numbers less than they seem; the page shows each beside them. */
export function flagsOf(
  series: readonly Series[],
  leftOut: Robustness['leftOut'],
  curves: readonly Curve[],
  gaps: readonly Gap[],
  withoutExamples: number,
): Flag[] {
  return [
    ...leftOut.map(one => flag('left-out', `seed ${one.seed}, ${reasons[one.reason]}`, one.arm)),
    ...(withoutExamples > 0
      ? [
          flag(
            'examples-missing',
            `${withoutExamples} evaluations lack their examples and are not shown`,
          ),
        ]
      : []),
    ...seedFlags(series),
    ...engineFlags(series),
    ...curves.flatMap(curveFlags),
    ...gaps.filter(gap => gap.difference < 0 && gap.p < ALPHA).map(gapFlag),
  ]
}

/** One flag for each attack and radius that only some of the models met. */
export function notMetFlags(rows: readonly EvaluationRow[]): Flag[] {
  return [...by(rows, row => JSON.stringify([row.attack, row.epsilon])).values()].map(
    ([row]): Flag => ({
      kind: 'not-met-by-all',
      series: null,
      attack: row!.attack,
      epsilon: row!.epsilon,
      message: 'only some of the models met it with these options, it is not in the worst case',
    }),
  )
}

/** One flag for each radius at which some seeds have met fewer attacks than others. */
export function incompleteFlags(rows: readonly EvaluationRow[], series: readonly Series[]): Flag[] {
  const seeds = new Map(series.flatMap(({ models }) => models.map(({ id, seed }) => [id, seed])))
  return [...by(rows, row => row.epsilon)].map(([epsilon, here]): Flag => {
    const missing = [...new Set(here.map(row => seeds.get(row.model_id)!))].sort((a, b) => a - b)
    return {
      kind: 'seeds-incomplete',
      series: null,
      attack: null,
      epsilon,
      message:
        missing.length === 1
          ? `seed ${missing[0]} has met fewer attacks than others and is not in the worst case`
          : `seeds ${missing.join(', ')} have met fewer attacks than others and are not in the worst case`,
    }
  })
}

const reasons = {
  diverged: 'its training diverged',
  'no partner': 'no trained model of another arm shares its pair',
} as const

function flag(kind: Flag['kind'], message: string, series: string | null = null): Flag {
  return { kind, series, attack: null, epsilon: null, message }
}

function seedFlags(series: readonly Series[]): Flag[] {
  const lists = series.map(one => `${one.key} ${one.models.map(({ seed }) => seed).join(', ')}`)
  const distinct = new Set(series.map(one => one.models.map(({ seed }) => seed).join()))
  return distinct.size > 1
    ? [flag('seeds-differ', `the means are over different seeds (${lists.join('; ')})`)]
    : []
}

function engineFlags(series: readonly Series[]): Flag[] {
  const engines = new Set(series.flatMap(one => one.models.map(model => model.engine)))
  return engines.size > 1
    ? [
        flag(
          'engines-differ',
          `models were trained by different engines (${[...engines].join(', ')})`,
        ),
      ]
    : []
}

function curveFlags(curve: Curve): Flag[] {
  const { series, attack, points } = curve
  const flags: Flag[] = []
  for (const [index, point] of points.entries()) {
    const at = { series, attack, epsilon: point.epsilon }
    if (point.seeds.some(({ n }) => n !== point.n)) {
      const message = 'seeds were judged on different examples; the mean is over the common ones'
      flags.push({ kind: 'examples-differ', ...at, message })
    }
    const before = points[index - 1]
    if (before && attack !== WORST_CASE && point.low > before.high) {
      const message = `accuracy rises from ε = ${before.epsilon} to ${point.epsilon}: the attack did not converge`
      flags.push({ kind: 'rises-with-epsilon', ...at, message })
    }
  }
  return flags
}

function gapFlag(gap: Gap): Flag {
  const { series, attack, epsilon, craftedOn } = gap
  const message =
    `examples crafted on ${craftedOn.arm} fool it more often than white-box ones: ` +
    'its gradients mislead the attack'
  return { kind: 'black-box-beats-white-box', series, attack, epsilon, message }
}
