import { summarise } from '../../src/statistics/mean.ts'
import { pairedDifference } from '../../src/statistics/paired.ts'
import { wilson } from '../../src/statistics/wilson.ts'
import { type ConvergenceRow, convergence } from '../../src/store/queries/convergence.ts'
import type { AttackEvaluationRow } from '../../src/store/queries/transfer.ts'
import type { Store } from '../../src/store/store.ts'
import type {
  Convergence,
  ConvergenceCurve,
  ConvergenceQuery,
  Unconverged,
} from '../schemas/attacks.ts'
import { by } from '../settings.ts'
import { withoutModels } from '../transfer/model-groups.ts'
import { narrow } from './narrow.ts'
import { draws, iterates } from './parts.ts'

/** One model's curve of one part. */
interface Way {
  readonly seed: number
  readonly row: AttackEvaluationRow
  readonly points: readonly ConvergenceRow[]
}

/** Loss and robust accuracy over the iterations of one white-box attack, group by group. */
export async function convergenceOf(store: Store, query: ConvergenceQuery): Promise<Convergence> {
  const { attacks, chosen, groups, places } = await narrow(store, query)
  const mine = attacks.filter(({ attack }) => iterates(attack))
  const all = mine.flatMap(({ rows }) => rows)
  const kept = by(
    await convergence(
      store,
      all.map(row => row.id),
    ),
    row => row.evaluation_id,
  )
  const withRows = mine.flatMap(({ rows, ...attack }) => {
    const own = rows.filter(row => kept.has(row.id))
    return own.length > 0 ? [{ ...attack, rows: own }] : []
  })
  const wanted = withRows.find(({ options }) => options === query.options) ?? withRows[0]
  const ways = (wanted?.rows ?? []).flatMap(row => {
    const { group, seeds } = places.get(row.model_id)!
    const parts = [...by(kept.get(row.id)!, point => point.position).values()]
    return parts.map(points => ({ group: group.id, way: { seed: seeds[0]!, row, points } }))
  })
  const curves = by(ways, ({ group, way }) => `${group} ${way.points[0]!.position}`)
  const used = new Set(ways.map(({ group }) => group))
  return {
    methods,
    chosen: chosen && { ...chosen, options: wanted?.options ?? null },
    attacks: withRows.map(({ rows, ...attack }) => ({ ...attack, evaluations: rows.length })),
    withoutIterations: [
      ...new Set(
        mine.filter(({ rows }) => rows.some(row => !kept.has(row.id))).map(({ attack }) => attack),
      ),
    ],
    groups: groups.filter(({ id }) => used.has(id)).map(withoutModels),
    curves: [...curves.values()]
      .map(own =>
        curveOf(
          own[0]!.group,
          own.map(({ way }) => way),
          draws(wanted!.attack),
        ),
      )
      .sort((a, b) => a.position - b.position || place(groups, a) - place(groups, b)),
  }
}

const methods = {
  accuracy:
    "Student's 95 % interval over models of several seeds, each one value; of one model Wilson 95 % over " +
    'examples.',
  loss:
    'Mean over the examples that are right without attack of the highest loss so far; it can only rise. ' +
    'An example that was broken keeps the loss that it was broken at.',
  unconverged:
    'Half of the iterations leave more robust accuracy than all of them, by more than one example, one ' +
    'point and half the paired 95 % interval; of relaxed graphs, before one is drawn.',
} as const

const place = (groups: readonly { readonly id: string }[], { group }: ConvergenceCurve) =>
  groups.findIndex(({ id }) => id === group)

function curveOf(group: string, unsorted: readonly Way[], drawn: boolean): ConvergenceCurve {
  const ways = unsorted.toSorted((a, b) => a.seed - b.seed)
  const { part, position, loss_name } = ways[0]!.points[0]!
  const iterations = [...new Set(ways.flatMap(({ points }) => points.map(one => one.iteration)))]
  return {
    group,
    part,
    position,
    lossName: loss_name,
    drawn,
    points: iterations.sort((a, b) => a - b).map(iteration => pointOf(ways, iteration)),
    unconverged: ways.flatMap(way => unconvergedOf(way, drawn) ?? []),
  }
}

function pointOf(ways: readonly Way[], iteration: number): ConvergenceCurve['points'][number] {
  const seeds = ways.flatMap(({ seed, row, points }) => {
    const point = points.find(one => one.iteration === iteration)
    if (!point) return []
    const { robust_correct, loss, attacked } = point
    return [{ seed, model: row.model_id, accuracy: robust_correct / row.n, loss, attacked }]
  })
  const accuracies = seeds.map(({ accuracy }) => accuracy)
  const { mean, low, high } = summarise(accuracies)
  const n = Math.min(...ways.map(({ row }) => row.n))
  const own =
    low === null ? wilson(mean * n, n) : { low: Math.max(0, low), high: Math.min(1, high!) }
  const losses = seeds.flatMap(({ loss }) => (loss === null ? [] : [loss]))
  const loss = losses.length > 0 ? summarise(losses) : { mean: null, low: null, high: null }
  return {
    iteration,
    n,
    accuracy: mean,
    ...own,
    loss: loss.mean,
    lossLow: loss.low,
    lossHigh: loss.high,
    seeds,
  }
}

/** With many examples, differences too small to matter would be significant. */
const onePoint = 0.01

/** The tolerance is that of the robustness checks, where twice the steps must break no more. */
function unconvergedOf({ seed, row, points }: Way, drawn: boolean): Unconverged | undefined {
  const last = points.at(drawn ? -2 : -1)
  if (!last) return undefined
  const half = points.findLast(({ iteration }) => iteration <= last.iteration / 2)
  if (!half) return undefined
  const { n } = row
  const lost = half.robust_correct - last.robust_correct
  const { low, high } = pairedDifference(lost, 0, n)
  const tolerance = Math.max(1 / n, (high - low) / 2, onePoint)
  if (lost / n <= tolerance) return undefined
  return {
    seed,
    model: row.model_id,
    iteration: half.iteration,
    before: half.robust_correct / n,
    after: last.robust_correct / n,
    tolerance,
  }
}
