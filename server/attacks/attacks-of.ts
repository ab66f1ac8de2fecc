import { empiricalQuantile } from '../../src/statistics/empirical-quantile.ts'
import { summarise } from '../../src/statistics/mean.ts'
import { wilson } from '../../src/statistics/wilson.ts'
import {
  type AttackExamples,
  attackExamples,
  brokenByPart,
  moved,
} from '../../src/store/queries/attack-examples.ts'
import { type Outcomes, outcomes } from '../../src/store/queries/outcomes.ts'
import type { AttackEvaluationRow } from '../../src/store/queries/transfer.ts'
import type { Store } from '../../src/store/store.ts'
import type { AttackRow, Attacks, AttacksQuery, Quantiles } from '../schemas/attacks.ts'
import { by } from '../settings.ts'
import { withoutModels } from '../transfer/model-groups.ts'
import { type NamedAttack, type Narrowed, narrow } from './narrow.ts'
import { partsOf } from './parts.ts'
import { successRate } from './success-rate.ts'

/** Everything that is known of examples, by evaluation. */
interface Known {
  readonly outcomes: ReadonlyMap<string, Outcomes>
  readonly examples: ReadonlyMap<string, AttackExamples>
  readonly parts: ReadonlyMap<string, ReadonlyMap<string, number>>
}

/** What each white-box attack breaks, what it costs and how much it changes, group by group. */
export async function attacksOf(store: Store, query: AttacksQuery): Promise<Attacks> {
  const found = await narrow(store, query)
  const ids = found.attacks.flatMap(({ rows }) => rows.map(row => row.id))
  const known = {
    outcomes: await outcomes(store, ids),
    examples: await attackExamples(store, ids),
    parts: await partsByEvaluation(store, ids),
  }
  const { norms, epsilons, chosen } = found
  return {
    methods,
    norms,
    epsilons,
    chosen,
    groups: found.groups.map(withoutModels),
    rows: found.attacks.flatMap(attack => rowsOf(attack, found, known)),
  }
}

const methods = {
  success:
    'Wilson 95 % over the examples that are right without attack; models of several seeds on one example ' +
    'count as one cluster.',
  overSeeds: "Student's 95 % interval over models of several seeds, each one value.",
  quantiles: 'Quantiles over examples: how they spread, no confidence interval.',
} as const

async function partsByEvaluation(store: Store, ids: readonly string[]): Promise<Known['parts']> {
  const rows = await brokenByPart(store, ids)
  const grouped = by(rows, row => row.evaluation_id)
  return new Map(
    [...grouped].map(([id, own]) => [id, new Map(own.map(row => [row.component!, row.broken]))]),
  )
}

function rowsOf(attack: NamedAttack, { groups, places }: Narrowed, known: Known): AttackRow[] {
  const judged = attack.rows.filter(row => known.outcomes.has(row.id))
  const grouped = by(judged, row => places.get(row.model_id)!.group.id)
  return groups.flatMap(({ id }) => {
    const own = grouped.get(id)
    if (!own) return []
    const { rows: _, ...named } = attack
    return [{ ...named, group: id, ...measured(own, places, known) }]
  })
}

function measured(
  rows: readonly AttackEvaluationRow[],
  places: Narrowed['places'],
  { outcomes, examples, parts }: Known,
): Omit<AttackRow, 'attack' | 'options' | 'variant' | 'setting' | 'group'> {
  const perSeed = rows
    .flatMap(row => {
      const { success } = successRate([outcomes.get(row.id)!])
      const [seed] = places.get(row.model_id)!.seeds
      if (!success) return []
      return [{ seed: seed!, model: row.model_id, evaluation: row.id, rate: success.rate }]
    })
    .sort((a, b) => a.seed - b.seed)
  const lists = rows.map(row => examples.get(row.id)!)
  const changes = moved.map(name => [name, quantiles(lists.flatMap(one => one.moved[name]))])
  return {
    evaluations: rows.length,
    ...successRate(rows.map(row => outcomes.get(row.id)!)),
    overSeeds: overSeeds(perSeed.map(({ rate }) => rate)),
    perSeed,
    queries: quantiles(lists.flatMap(one => one.queries)),
    secondsPerExample:
      rows.reduce((sum, row) => sum + row.seconds, 0) / rows.reduce((sum, row) => sum + row.n, 0),
    changes: Object.fromEntries(changes) as AttackRow['changes'],
    parts: partsLeft(rows, parts),
  }
}

/** What the parts of a composed attack leave, one after the other. */
function partsLeft(
  rows: readonly AttackEvaluationRow[],
  broken: Known['parts'],
): AttackRow['parts'] {
  const left = rows.map(row => row.clean_correct)
  return partsOf(rows[0]!.attack_config).map(part => {
    const counts = rows.map(row => broken.get(row.id)?.get(part) ?? 0)
    for (const [at, count] of counts.entries()) left[at]! -= count
    const perSeed = rows.map((row, at) => left[at]! / row.n)
    return {
      part,
      broken: counts.reduce((sum, count) => sum + count, 0),
      ...meanAccuracy(
        perSeed,
        rows.map(row => row.n),
      ),
      perSeed,
    }
  })
}

function meanAccuracy(perSeed: readonly number[], counts: readonly number[]) {
  const { mean, low, high } = summarise(perSeed)
  const n = Math.min(...counts)
  const own = low === null ? wilson(Math.round(mean * n), n) : bounded(low, high!)
  return { left: mean, ...own }
}

const bounded = (low: number, high: number) => ({
  low: Math.max(0, low),
  high: Math.min(1, high),
})

function overSeeds(rates: readonly number[]): AttackRow['overSeeds'] {
  if (rates.length < 2) return null
  const { sd, low, high } = summarise(rates)
  return { sd: sd!, ...bounded(low!, high!) }
}

/** Null without values. */
function quantiles(values: readonly number[]): Quantiles | null {
  if (values.length === 0) return null
  const sorted = Float64Array.from(values).sort()
  const at = (p: number) => empiricalQuantile(sorted, p)
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length
  const middle = { p25: at(0.25), median: at(0.5), p75: at(0.75) }
  return { n: sorted.length, mean, p10: at(0.1), ...middle, p90: at(0.9) }
}
