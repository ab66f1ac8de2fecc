import { attackBy, storedAttack } from '../../attacks/approach.ts'
import { type AnyAttackOptions, isImageAttack } from '../plans/any-attack.ts'
import { wilson } from '../statistics/wilson.ts'
import type { AttackReportRow } from '../store/queries/attack-report.ts'

/** A column and what each kind of row has in it; nothing where it has no such cell. */
interface Column {
  readonly title: string
  readonly cell: (row: AttackReportRow) => string
}

const calls: Column = { title: 'calls', cell: row => Math.round(row.queriesMean).toString() }
const seconds: Column = { title: 'seconds', cell: row => row.seconds.toFixed(1) }
const outcomes: Column = {
  title: 'successful / failed / skipped',
  cell: ({ n, robustCorrect, examples }) =>
    [examples.length - robustCorrect, robustCorrect, n - examples.length].join(' / '),
}
const changed: Column = { title: 'changed', cell: changes }

/**
 * Rows of a table of what is left of a model's accuracy: without attack, under each attack and its
 * parts, and at each radius under all attacks together.
 */
export function attackTable(rows: readonly AttackReportRow[]): string[][] {
  const clean = rows.filter(({ attack }) => attack === 'none')
  const attacked = rows.filter(({ attack }) => attack !== 'none')
  const counted = attacked.some(row => changes(row) !== '')
  const columns = [...(counted ? [outcomes, changed] : []), calls, seconds]
  const none = columns.map(() => '')
  const budgets = [...new Set(attacked.map(budget))]
  return [
    ['attack', counted ? 'budget' : 'radius', 'accuracy', ...columns.map(({ title }) => title)],
    ...clean.map(row => ['none', '', accuracy(row.robustCorrect, row.n), ...none]),
    ...budgets.flatMap(wanted => {
      const same = attacked.filter(row => budget(row) === wanted)
      const together = same.filter(({ setting }) => setting === 'evasion')
      return [
        ...same.flatMap(row => [
          ...partRows(row, none),
          [
            row.setting === 'evasion' ? row.attack : `${row.attack} ${row.setting}`,
            wanted,
            accuracy(row.robustCorrect, row.n),
            ...columns.map(({ cell }) => cell(row)),
          ],
        ]),
        ...(together.length > 1 ? [worstCase(together, none)] : []),
      ]
    }),
  ]
}

const budget = ({ norm, epsilon }: AttackReportRow) => `${norm} ${epsilon}`

/** Parts of a composed attack on images. */
function partsOf({ attackConfig, epsilon }: AttackReportRow): readonly string[] {
  const stored: AnyAttackOptions = JSON.parse(attackConfig)
  if (!isImageAttack(stored)) return []
  const { options, approach } = storedAttack(stored)
  return attackBy(options, epsilon, approach).parts ?? []
}

function partRows(row: AttackReportRow, none: readonly string[]): string[][] {
  const broken = (part: string) =>
    row.examples.filter(({ component, success }) => success && component === part).length
  let left = row.examples.length
  return partsOf(row).map(part => {
    left -= broken(part)
    return [`  ${part}`, budget(row), accuracy(left, row.n), ...none]
  })
}

/** Right under every one of these attacks. */
function worstCase(rows: readonly AttackReportRow[], none: readonly string[]): string[] {
  const [first] = rows as [AttackReportRow]
  const { n, examples } = first
  const broken = new Set(
    rows.flatMap(row => row.examples.filter(({ success }) => success).map(row => row.example)),
  )
  return ['worst case', budget(first), accuracy(examples.length - broken.size, n), ...none]
}

/** Mean changes of texts that were broken, of graphs over all nodes; nothing for images. */
function changes({ examples }: AttackReportRow): string {
  const broken = examples.filter(({ success, words }) => success && words !== null)
  if (broken.length > 0) {
    const share = mean(broken.map(({ changed_words, words }) => changed_words! / words!))
    return `${(100 * share).toFixed(1)} % of words`
  }
  if (examples.some(({ words }) => words !== null)) return 'none'
  const nodes = examples.filter(({ changed_edges }) => changed_edges !== null)
  if (nodes.length === 0) return ''
  const edges = mean(nodes.map(row => row.changed_edges!))
  const entries = mean(nodes.map(row => row.changed_entries!))
  const parts = [
    ...(edges > 0 ? [`${rounded(edges)} edges`] : []),
    ...(entries > 0 ? [`${rounded(entries)} features`] : []),
  ]
  return parts.join(', ') || 'none'
}

const rounded = (value: number) => String(Number(value.toFixed(1)))

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function accuracy(correct: number, n: number): string {
  const { low, high } = wilson(correct, n)
  const percent = (share: number) => (100 * share).toFixed(1)
  return `${percent(correct / n)} [${percent(low)}, ${percent(high)}]`
}
