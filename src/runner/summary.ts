import { isImageAttack } from '../plans/any-attack.ts'
import type { Plan } from '../plans/plan.ts'
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
 * The table that a nightly ends with, as rows of text, the first the head: clean accuracy, FGSM,
 * PGD and transfer for each data set, architecture and arm. Accuracies are shares in percent with
 * their Wilson 95 % interval, pooled over the seeds.
 *
 * Attacks are shown at the middle radius of the plan's first Linf attack; transfer is PGD crafted
 * on the backprop twin (for backprop itself: on its likelihood-ratio twin).
 */
export function summaryTable(plan: Plan, results: readonly NightlyResult[]): string[][] {
  const epsilon = middleRadius(plan)
  const columns: Column[] = [
    { title: 'clean', select: result => result.attack === 'none' },
    ...(epsilon === undefined ? [] : attackColumns(epsilon)),
  ]
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

function attackColumns(epsilon: number): Column[] {
  const at = (name: string) => (result: NightlyResult) =>
    result.attack === name && result.norm === 'linf' && result.epsilon === epsilon
  const [fgsm, pgd] = [at('fgsm'), at('pgd')]
  const whiteBox = (result: NightlyResult) => result.craftedOnArm === null
  return [
    { title: `FGSM ${epsilon}`, select: result => fgsm(result) && whiteBox(result) },
    { title: `PGD ${epsilon}`, select: result => pgd(result) && whiteBox(result) },
    {
      title: `transfer ${epsilon}`,
      select: (result, row) =>
        pgd(result) &&
        result.craftedOnArm === (row.arm === 'bp' ? 'lr-logit' : 'bp') &&
        result.craftedOnArchitecture === row.architecture &&
        result.craftedOnSeed === result.seed,
    },
  ]
}

/** The middle radius of the first Linf attack; undefined if the plan has none. */
function middleRadius(plan: Plan): number | undefined {
  const epsilons = plan.attacks
    .find(({ attack }) => isImageAttack(attack) && attack.norm === 'linf')
    ?.epsilons.toSorted((a, b) => a - b)
  return epsilons?.[Math.floor(epsilons.length / 2)]
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
