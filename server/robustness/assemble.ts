import { stream } from '../../src/random/stream.ts'
import { holm } from '../../src/statistics/holm.ts'
import type { Outcomes } from '../../src/store/queries/outcomes.ts'
import type { Curve, Difference, Gap, Source } from '../schemas/robustness.ts'
import type { Series } from '../schemas/settings.ts'
import { by } from '../settings.ts'
import { WORST_CASE } from '../worst-case.ts'
import { attacked, type Judged, unattacked, worstOf } from './judged.ts'
import { compare, tally } from './over-seeds.ts'
import type { Picked } from './pick.ts'

/** The verdicts behind one curve, by epsilon. */
interface Line {
  readonly series: Series
  readonly attack: string
  readonly craftedOn: Source | null
  readonly judged: ReadonlyMap<number, readonly Judged[]>
}

/** Curves and paired comparisons of matched series. */
export interface Assembled {
  readonly curves: Curve[]
  readonly differences: Difference[]
  readonly gaps: Gap[]
}

export interface AssembleOptions {
  /** Also intervals by the bootstrap over examples: about a tenth of a second each. */
  readonly bootstrap?: boolean
  /** The arm that the others are compared with; backprop where it is left out. */
  readonly against?: string
}

/**
 * Turns evaluations and their outcomes into curves, differences and gaps: a curve an attack from
 * the chosen evaluations, the worst case from all of them.
 */
export function assemble(
  series: readonly Series[],
  picked: readonly Picked[],
  all: readonly Picked[],
  outcomes: ReadonlyMap<string, Outcomes>,
  { bootstrap = false, against = 'bp' }: AssembleOptions = {},
): Assembled {
  const lines = series.flatMap(one => [
    ...worstLine(one, all, outcomes),
    ...linesOf(one, picked, outcomes),
  ])
  return {
    curves: lines.map(toCurve),
    differences: asFamily(differencesOf(lines, against, bootstrap)),
    gaps: asFamily(gapsOf(lines, bootstrap)),
  }
}

function linesOf(
  series: Series,
  picked: readonly Picked[],
  outcomes: ReadonlyMap<string, Outcomes>,
): Line[] {
  const { own, seeds } = ownOf(series, picked, outcomes)
  const verdicts = (one: Picked): Judged => ({
    seed: seeds.get(one.model)!,
    model: one.model,
    evaluation: one.id,
    verdicts: attacked(outcomes.get(one.id)!),
  })
  return [...by(own, one => JSON.stringify([one.attack, one.craftedOn])).values()].map(group => ({
    series,
    attack: group[0]!.attack,
    craftedOn: group[0]!.craftedOn,
    judged: byEpsilon(clean(group, seeds, outcomes), group, members => members.map(verdicts)),
  }))
}

function worstLine(
  series: Series,
  all: readonly Picked[],
  outcomes: ReadonlyMap<string, Outcomes>,
): Line[] {
  const { own, seeds } = ownOf(series, all, outcomes)
  if (own.length === 0) return []
  const worst = (members: readonly Picked[]): Judged[] =>
    [...by(members, one => one.model)].map(([model, attacks]) => ({
      seed: seeds.get(model)!,
      model,
      evaluation: null,
      verdicts: worstOf(attacks.map(one => attacked(outcomes.get(one.id)!))),
    }))
  const judged = byEpsilon(clean(own, seeds, outcomes), own, worst)
  return [{ series, attack: WORST_CASE, craftedOn: null, judged }]
}

function ownOf(series: Series, picked: readonly Picked[], outcomes: ReadonlyMap<string, Outcomes>) {
  const seeds = new Map(series.models.map(model => [model.id, model.seed]))
  return { seeds, own: picked.filter(({ id, model }) => seeds.has(model) && outcomes.has(id)) }
}

function byEpsilon(
  unattackedModels: readonly Judged[],
  members: readonly Picked[],
  judge: (members: readonly Picked[]) => readonly Judged[],
): Map<number, readonly Judged[]> {
  const groups = [...by(members, one => one.epsilon)]
    .map(([epsilon, group]) => [epsilon, bySeed(judge(group))] as const)
    .sort(([a], [b]) => a - b)
  return new Map([[0, bySeed(unattackedModels)] as const, ...groups])
}

/** The same models without attack, epsilon 0, on the examples that all their attacks met. */
function clean(
  members: readonly Picked[],
  seeds: ReadonlyMap<string, number>,
  outcomes: ReadonlyMap<string, Outcomes>,
): Judged[] {
  return [...by(members, one => one.model)].map(([model, attacks]) => {
    const [fewest] = attacks.map(({ id }) => outcomes.get(id)!).sort((a, b) => a.length - b.length)
    return { seed: seeds.get(model)!, model, evaluation: null, verdicts: unattacked(fewest!) }
  })
}

function bySeed(judged: readonly Judged[]): readonly Judged[] {
  return [...judged].sort((a, b) => a.seed - b.seed)
}

function toCurve({ series, attack, craftedOn, judged }: Line): Curve {
  const points = [...judged].map(([epsilon, models]) => ({ epsilon, ...tally(models) }))
  return { series: series.key, attack, craftedOn, points: points.filter(point => point.n > 0) }
}

/** Comparisons with their p-values adjusted for one another; those without attack stand apart. */
function asFamily<T extends Difference | Gap>(comparisons: readonly T[]): T[] {
  const family = comparisons.filter(({ epsilon }) => epsilon > 0)
  const adjusted = holm(family.map(({ overSeeds, p }) => overSeeds?.p ?? p))
  const places = new Map(family.map((one, at) => [one, adjusted[at]!]))
  return comparisons.map(one => ({ ...one, holm: places.get(one) ?? null }))
}

function differencesOf(lines: readonly Line[], against: string, bootstrap: boolean): Difference[] {
  const baselines = lines.filter(line => line.series.arm === against && !line.craftedOn)
  return lines
    .filter(line => line.series.arm !== against && !line.craftedOn)
    .flatMap(line =>
      baselines
        .filter(baseline => baseline.attack === line.attack)
        .flatMap(baseline =>
          comparisons(line, baseline, seedOf, bootstrap).map(
            (one): Difference => ({
              series: line.series.key,
              against: baseline.series.key,
              attack: line.attack,
              ...one,
            }),
          ),
        ),
    )
}

function gapsOf(lines: readonly Line[], bootstrap: boolean): Gap[] {
  return lines.flatMap(line => {
    const { craftedOn } = line
    if (!craftedOn) return []
    const white = lines.find(
      ({ series, attack, craftedOn: source }) =>
        series === line.series && attack === line.attack && !source,
    )
    if (!white) return []
    return comparisons(line, white, modelOf, bootstrap)
      .filter(({ epsilon }) => epsilon > 0)
      .map((one): Gap => ({ series: line.series.key, craftedOn, attack: line.attack, ...one }))
  })
}

const seedOf = (judged: Judged) => judged.seed
const modelOf = (judged: Judged) => judged.model

function comparisons(
  first: Line,
  second: Line,
  key: (judged: Judged) => number | string,
  bootstrap: boolean,
) {
  return [...first.judged].flatMap(([epsilon, models]) => {
    const others = new Map(second.judged.get(epsilon)?.map(other => [key(other), other]))
    const pairs = models.flatMap(model => {
      const other = others.get(key(model))
      return other ? [[model, other] as const] : []
    })
    const compared = compare(pairs, bootstrap ? stream(0, 'bootstrap', epsilon) : undefined)
    return compared.n > 0 ? [{ epsilon, ...compared, holm: null }] : []
  })
}
