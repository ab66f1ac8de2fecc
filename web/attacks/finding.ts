import type { AttackRow } from '../../server/schemas/attacks.ts'
import type { Finding } from '../finding.ts'
import * as format from '../format.ts'
import { optionsName, type ShownAttacks } from './shown.ts'
import { strongest } from './success-figures.ts'

/** Which attack breaks most, and what that costs, in sentences made of the numbers alone. */
export function attacksFinding(shown: ShownAttacks): Finding {
  const { groups, rows, names } = shown
  const tops = groups.flatMap(({ id }) => strongest(rows.filter(row => row.group === id)) ?? [])
  const attacks = [...new Set(tops.map(optionsName))]
  const most = `At ${shown.budget} `
  return {
    verdict: 'none',
    headline:
      attacks.length === 1
        ? `${most}${attacks[0]} breaks most, whatever the arm`
        : attacks.length === 0
          ? `${most}nothing was right without attack`
          : `${most}no attack breaks most on every arm: ${attacks.join(', ')}`,
    numbers: tops.map(row => `${names.get(row.group)}: ${said(row)}`).join('; '),
    remarks: [...tops.flatMap(top => cheaper(shown, top)), ...differentSizes(rows)],
  }
}

function said(row: AttackRow): string {
  const { success, queries } = row
  return (
    `${optionsName(row)} breaks ${format.percent(success!.rate)} ` +
    `${format.percentInterval(success!.low, success!.high)} of ` +
    `${format.count(row.successful + row.failed)} with ${short(queries?.mean ?? 0)} calls an example`
  )
}

/** Rates over different numbers of examples are not of the same examples. */
function differentSizes(rows: readonly AttackRow[]): string[] {
  const sizes = new Map(rows.map(row => [optionsName(row), row.n / row.evaluations]))
  if (new Set(sizes.values()).size < 2) return []
  const each = [...sizes].map(([name, n]) => `${name} ${format.count(n)}`).join(', ')
  return [`Attacks met different numbers of test examples (a model: ${each}).`]
}

/** The cheapest attack whose interval reaches the strongest's rate. */
function cheaper({ rows, names }: ShownAttacks, top: AttackRow): string[] {
  const cost = (row: AttackRow) => row.queries?.mean ?? Number.POSITIVE_INFINITY
  const [best] = rows
    .filter(row => row.group === top.group && row !== top && cost(row) < cost(top))
    .filter(row => row.success && row.success.high >= top.success!.rate)
    .toSorted((a, b) => cost(a) - cost(b))
  if (!best) return []
  return [
    `On ${names.get(top.group)} ${optionsName(best)} is within its interval of that at ` +
      `${short(cost(best))} calls: ${format.percent(best.success!.rate)} ` +
      `${format.percentInterval(best.success!.low, best.success!.high)}.`,
  ]
}

/** A number with three digits and none that say nothing, e.g. `1`, `47.9`, `1850`. */
function short(value: number): string {
  return String(Number(value.toPrecision(3)))
}
