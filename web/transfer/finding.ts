import type { BestSource, Transfer } from '../../server/schemas/transfer.ts'
import type { Finding } from '../finding.ts'
import * as format from '../format.ts'
import { groupNames } from './group-name.ts'

/** Which source transfers best to which target, in sentences made of the numbers alone. */
export function transferFinding(data: Transfer): Finding {
  const names = groupNames([...data.sources, ...data.targets])
  if (data.best.length === 0) {
    return {
      verdict: 'none',
      headline: 'No transferred examples among these models',
      numbers: 'Only attacks on the judged models themselves were run; see the diagonal.',
      remarks: [],
    }
  }
  return {
    verdict: 'none',
    headline: headline(data.best, names),
    numbers: largestDrop(data, names),
    remarks: [
      ...data.best.map(best => bestRemark(best, names)),
      data.flags.length > 0
        ? `Black box beats white box for ${format.plural(data.flags.length, 'pair')} of source and target, see below.`
        : 'Nowhere does a black box beat the white box beyond chance.',
    ],
  }
}

type Names = ReadonlyMap<string, string>

function headline(best: readonly BestSource[], names: Names): string {
  const counts = new Map<string, number>()
  for (const { source } of best) counts.set(source, (counts.get(source) ?? 0) + 1)
  const most = Math.max(...counts.values())
  const first = [...counts].filter(([, count]) => count === most).map(([id]) => names.get(id)!)
  const targets = `${format.count(most)} of ${format.plural(best.length, 'target')}`
  if (best.length === 1)
    return `Examples of ${first[0]} transfer best to ${names.get(best[0]!.target)}`
  if (first.length === 1 && 2 * most > best.length) {
    return `Examples of ${first[0]} transfer best: they do most harm to ${targets}`
  }
  return first.length === 1
    ? `No source transfers best everywhere: ${first[0]} does most harm to ${targets}`
    : `No source transfers best everywhere: ${listed(first)} do most harm to ${targets} each`
}

/** The pair whose transferred examples cost most accuracy. */
function largestDrop({ cells, clean }: Transfer, names: Names): string {
  const before = new Map(clean.map(one => [one.target, one]))
  const drops = cells
    .filter(cell => !cell.whiteBox)
    .map(cell => ({ cell, drop: before.get(cell.target)!.accuracy - cell.accuracy }))
    .sort((a, b) => b.drop - a.drop)
  const { cell } = drops[0]!
  const own = before.get(cell.target)!
  return (
    `Largest loss: ${names.get(cell.source)} to ${names.get(cell.target)} leaves ` +
    `${format.percent(cell.accuracy)} ${format.percentInterval(cell.low, cell.high)} of ` +
    `${format.percent(own.accuracy)} without attack; n = ${format.count(cell.n)} test examples, ` +
    `${format.plural(cell.perSeed.length, 'judged model')}.`
  )
}

function bestRemark({ target, source, accuracy, low, high, next }: BestSource, names: Names) {
  const best =
    `Most harm to ${names.get(target)}: ${names.get(source)}, ${format.percent(accuracy)} left ` +
    format.percentInterval(low, high)
  if (!next) return `${best}.`
  const more = `${format.points(next.difference).replace('+', '')} points ${format.percentInterval(next.low, next.high)}`
  return `${best}; ${names.get(next.source)} leaves ${more} more.`
}

function listed(names: readonly string[]): string {
  return names.length < 2
    ? (names[0] ?? '')
    : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
