import type { Dataset } from '../data/dataset.ts'
import { entryNamed } from '../data/registry.ts'
import { type AnyAttackOptions, attacksOn, normOf } from '../plans/any-attack.ts'
import type { Plan } from '../plans/plan.ts'
import { transfers } from '../plans/transfer.ts'
import { variantNames } from '../plans/variants.ts'
import { wilson } from '../statistics/wilson.ts'
import { canonicalJson } from '../store/canonical-json.ts'
import type { NightlyResult } from '../store/queries/nightly-results.ts'

/** A column of the summary: which evaluations it shows. */
interface Column {
  readonly title: string
  readonly select: (result: NightlyResult, row: RowKey) => boolean
}

type RowKey = Pick<
  NightlyResult,
  'dataset' | 'architecture' | 'architectureConfig' | 'arm' | 'estimatorConfig' | 'trainingConfig'
>

/**
 * The tables that a nightly ends with, as rows of text, the first the head: one for the models of
 * images, of texts and of graphs each, with a row for each data set, architecture and arm. Accuracies
 * are shares in percent with their Wilson 95 % interval, pooled over the seeds.
 *
 * Columns are the plan's white-box attacks of one norm at one size, and poisoning where it was asked
 * for; then transfer of the strongest iterated one of them, crafted on the backprop twin (for
 * backprop itself: on its likelihood-ratio twin).
 */
export function summaryTables(plan: Plan, results: readonly NightlyResult[]): string[][][] {
  const kinds = new Map<Dataset['kind'], NightlyResult[]>()
  for (const result of results) {
    const { kind } = entryNamed(result.dataset)
    kinds.set(kind, [...(kinds.get(kind) ?? []), result])
  }
  return [...kinds].map(([kind, own]) => table(columnsFor(plan, kind), own))
}

function table(columns: readonly Column[], results: readonly NightlyResult[]): string[][] {
  const keys = new Map<string, RowKey>()
  for (const result of results) {
    const { dataset, architectureConfig, estimatorConfig, trainingConfig } = result
    keys.set(`${dataset} ${architectureConfig} ${estimatorConfig} ${trainingConfig}`, result)
  }
  const head = ['data', 'architecture', 'arm', 'n', ...columns.map(column => column.title)]
  const rows = [...keys.values()].map(row => {
    const own = results.filter(result => sameRow(result, row))
    const cells = columns.map(({ select }) => pooled(own.filter(result => select(result, row))))
    const n = Math.max(...cells.map(cell => cell.n))
    const names = [
      named(keys, row, 'architecture', other => other.architectureConfig),
      named(keys, row, 'arm', other =>
        canonicalJson({
          ...JSON.parse(other.trainingConfig),
          ...JSON.parse(other.estimatorConfig),
        }),
      ),
    ]
    return [row.dataset, ...names, String(n), ...cells.map(cell => cell.text)]
  })
  return [head, ...rows]
}

function columnsFor(plan: Plan, kind: Dataset['kind']): Column[] {
  const clean: Column = { title: 'clean', select: result => result.attack === 'none' }
  const made = plan.attacks.filter(entry => attacksOn(entry.attack) === kind && !entry.inference)
  const norm = made[0] && normOf(made[0].attack)
  const alike = made.filter(({ attack }) => normOf(attack) === norm)
  const epsilon = usualSize(alike)
  if (norm === undefined || epsilon === undefined) return [clean]
  const here = alike.filter(({ epsilons }) => epsilons.includes(epsilon))
  const names = [...new Set(here.map(({ attack }) => attack.name))]
  const at = (name: string, setting: string) => (result: NightlyResult) =>
    result.attack === name &&
    result.norm === norm &&
    result.epsilon === epsilon &&
    result.setting === setting
  const own = (title: string, select: (result: NightlyResult) => boolean): Column => ({
    title,
    select: result => select(result) && result.craftedOnArm === null,
  })
  const moved = plan.transfer === 'none' ? undefined : transferOf(here.map(({ attack }) => attack))
  return [
    clean,
    ...names.map(name => own(`${name} ${epsilon}`, at(name, 'evasion'))),
    ...names
      .filter(name => here.some(one => one.attack.name === name && poisons(one)))
      .map(name => own(`${name} poisoning`, at(name, 'poisoning'))),
    ...(moved ? [transferColumn(`transfer ${moved}`, at(moved, 'evasion'))] : []),
  ]
}

const poisons = ({ settings }: Plan['attacks'][number]) => settings?.includes('poisoning') ?? false

/** PGD where it is there, else the last attack whose examples can be shown to another model. */
function transferOf(attacks: readonly AnyAttackOptions[]): string | undefined {
  const moving = attacks.filter(transfers)
  return (moving.find(({ name }) => name === 'pgd') ?? moving.at(-1))?.name
}

function transferColumn(title: string, select: (result: NightlyResult) => boolean): Column {
  return {
    title,
    select: (result, row) =>
      select(result) &&
      result.craftedOnArm === (row.arm === 'bp' ? 'lr-logit' : 'bp') &&
      result.craftedOnArchitecture === row.architecture &&
      result.craftedOnSeed === result.seed,
  }
}

/** The size that most of the attacks have, of several the middle one. */
function usualSize(entries: Plan['attacks']): number | undefined {
  const having = (epsilon: number) =>
    entries.filter(({ epsilons }) => epsilons.includes(epsilon)).length
  const sizes = [...new Set(entries.flatMap(({ epsilons }) => epsilons))].sort((a, b) => a - b)
  const most = Math.max(...sizes.map(having))
  const usual = sizes.filter(epsilon => having(epsilon) === most)
  return usual[Math.floor(usual.length / 2)]
}

function sameRow(result: NightlyResult, row: RowKey): boolean {
  return (
    result.dataset === row.dataset &&
    result.architectureConfig === row.architectureConfig &&
    result.estimatorConfig === row.estimatorConfig &&
    result.trainingConfig === row.trainingConfig
  )
}

/** A row's architecture or arm; where rows have several of that name, with what tells it apart. */
function named(
  keys: ReadonlyMap<string, RowKey>,
  row: RowKey,
  name: 'architecture' | 'arm',
  configOf: (row: RowKey) => string,
): string {
  const alike = [...keys.values()].filter(
    other =>
      other.dataset === row.dataset &&
      other[name] === row[name] &&
      (name === 'architecture' || other.architectureConfig === row.architectureConfig),
  )
  const configs = [...new Set(alike.map(configOf))]
  const variant = variantNames(configs.map(text => JSON.parse(text)))[
    configs.indexOf(configOf(row))
  ]
  return variant ? `${row[name]} (${variant})` : row[name]
}

function pooled(results: readonly NightlyResult[]): { readonly n: number; readonly text: string } {
  const n = results.reduce((sum, result) => sum + result.n, 0)
  if (n === 0) return { n, text: '–' }
  const correct = results.reduce((sum, result) => sum + result.robustCorrect, 0)
  const { low, high } = wilson(correct, n)
  const percent = (share: number) => (100 * share).toFixed(1)
  return { n, text: `${percent(correct / n)} [${percent(low)}, ${percent(high)}]` }
}
