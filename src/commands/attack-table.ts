import { attackBy, storedAttack } from '../../attacks/approach.ts'
import { wilson } from '../statistics/wilson.ts'
import type { AttackReportRow } from '../store/queries/attack-report.ts'

/**
 * Rows of a table of what is left of a model's accuracy: without attack, under each attack and its
 * parts, and at each radius under all attacks together.
 */
export function attackTable(rows: readonly AttackReportRow[]): string[][] {
  const clean = rows.filter(({ attack }) => attack === 'none')
  const attacked = rows.filter(({ attack }) => attack !== 'none')
  const radii = [...new Set(attacked.map(({ epsilon }) => epsilon))]
  return [
    ['attack', 'radius', 'accuracy', 'calls', 'seconds'],
    ...clean.map(row => ['none', '', accuracy(row.robustCorrect, row.n), '', '']),
    ...radii.flatMap(epsilon => {
      const same = attacked.filter(row => row.epsilon === epsilon)
      return [...same.flatMap(attackRows), ...(same.length > 1 ? [worstCase(same)] : [])]
    }),
  ]
}

function attackRows(row: AttackReportRow): string[][] {
  const { attack, norm, epsilon, n, robustCorrect, queriesMean, seconds } = row
  const radius = `${norm} ${epsilon}`
  const { options, approach } = storedAttack(JSON.parse(row.attackConfig))
  const parts = attackBy(options, epsilon, approach).parts ?? []
  const broken = (part: string) =>
    row.examples.filter(({ component, success }) => success && component === part).length
  let left = row.examples.length
  const partRows = parts.map(part => {
    left -= broken(part)
    return [`  ${part}`, radius, accuracy(left, n), '', '']
  })
  const calls = Math.round(queriesMean).toString()
  return [...partRows, [attack, radius, accuracy(robustCorrect, n), calls, seconds.toFixed(1)]]
}

/** Right under every one of these attacks. */
function worstCase(rows: readonly AttackReportRow[]): string[] {
  const [{ n, norm, epsilon, examples }] = rows as [AttackReportRow]
  const broken = new Set(
    rows.flatMap(row => row.examples.filter(({ success }) => success).map(row => row.example)),
  )
  return ['worst case', `${norm} ${epsilon}`, accuracy(examples.length - broken.size, n), '', '']
}

function accuracy(correct: number, n: number): string {
  const { low, high } = wilson(correct, n)
  const percent = (share: number) => (100 * share).toFixed(1)
  return `${percent(correct / n)} [${percent(low)}, ${percent(high)}]`
}
