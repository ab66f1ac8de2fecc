import { holm } from '../../src/statistics/holm.ts'
import { wilson } from '../../src/statistics/wilson.ts'
import type { Outcomes } from '../../src/store/queries/outcomes.ts'
import type { runEvaluations } from '../../src/store/queries/run.ts'
import { attacked, type Judged } from '../robustness/judged.ts'
import { compare } from '../robustness/over-seeds.ts'
import type { ComparedDifference, ComparedResult } from '../schemas/compare.ts'
import { by, distinguishing } from '../settings.ts'

type Row = Awaited<ReturnType<typeof runEvaluations>>[number]

/** What is compared of one run. */
export interface ComparedRun {
  readonly id: string
  readonly seed: number
  readonly dataset: string
  readonly evaluations: readonly Row[]
}

type Unadjusted = Omit<ComparedDifference, 'holm'>

/** The attacks that any of the runs met, each with what it left of every run. */
export function resultsOf(
  runs: readonly ComparedRun[],
  outcomes: ReadonlyMap<string, Outcomes>,
): ComparedResult[] {
  const met = runs.flatMap((run, at) =>
    run.evaluations
      .filter(({ purpose }) => purpose === 'comparison')
      .map(row => ({ at, row, key: keyOf(run, row) })),
  )
  const rows = [...by(met, one => one.key).values()].map(group => {
    const ofRun = runs.map((_, at) => group.find(one => one.at === at)?.row)
    return { first: group[0]!.row, ofRun, differences: differencesOf(runs, ofRun, outcomes) }
  })
  const adjusted = holm(
    rows.flatMap(row => row.differences.flatMap(difference => difference?.p ?? [])),
  )
  const configs = by(
    rows.map(({ first }) => first),
    row => row.attack,
  )
  return rows.map(({ first, ofRun, differences }) => ({
    attack: first.attack,
    variant: variantOf(first, configs.get(first.attack)!),
    norm: first.norm,
    epsilon: first.epsilon,
    setting: first.setting,
    craftedOn:
      first.crafted_on === first.model_id
        ? null
        : { arm: first.source_arm, architecture: first.source_architecture },
    evaluations: ofRun.map(row => (row ? toEvaluation(row) : null)),
    differences: differences.map(one => one && { ...one, holm: adjusted.shift()! }),
  }))
}

/** Evaluations of one key differ in the judged run alone, or in the seed of all that was trained. */
function keyOf(run: ComparedRun, row: Row): string {
  const { epsilon: _, ...config } = JSON.parse(row.attack_config) as Record<string, unknown>
  const source =
    row.crafted_on === run.id
      ? 'itself'
      : [row.source_arm, row.source_architecture, row.source_seed - run.seed]
  return JSON.stringify([config, row.norm, row.epsilon, row.setting, row.inference, source])
}

function differencesOf(
  runs: readonly ComparedRun[],
  rows: readonly (Row | undefined)[],
  outcomes: ReadonlyMap<string, Outcomes>,
): (Unadjusted | null)[] {
  const judged = rows.map((row, at) => judgedBy(runs[at]!, row, outcomes))
  const [first] = judged
  return judged.map((own, at) => {
    if (at === 0 || !first || !own || runs[at]!.dataset !== runs[0]!.dataset) return null
    const { n, difference, low, high, p, better, worse } = compare([[own, first]])
    return n === 0 ? null : { n, difference, low, high, p, better, worse }
  })
}

function judgedBy(
  { id, seed }: ComparedRun,
  row: Row | undefined,
  outcomes: ReadonlyMap<string, Outcomes>,
): Judged | undefined {
  const own = row && outcomes.get(row.id)
  return own && { seed, model: id, evaluation: row.id, verdicts: attacked(own) }
}

function variantOf(row: Row, kin: readonly Row[]): string {
  const configs = kin.map(({ attack_config }) => {
    const { epsilon: _, ...config } = JSON.parse(attack_config) as Record<string, unknown>
    return config
  })
  return distinguishing(configs, kin.indexOf(row))
}

function toEvaluation(row: Row): NonNullable<ComparedResult['evaluations'][number]> {
  const { n, robust_correct: correct } = row
  return { id: row.id, n, correct, accuracy: row.robust_accuracy, ...wilson(correct, n) }
}
