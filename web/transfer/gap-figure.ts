import type { Transfer, TransferGap } from '../../server/schemas/transfer.ts'
import { categories, sharing } from '../charts/categories.ts'
import { drawLines } from '../charts/lines.ts'
import { familyMarks } from '../charts/palette.ts'
import type { Column } from '../columns.ts'
import { figure } from '../figure.ts'
import * as format from '../format.ts'
import { groupNames } from './group-name.ts'
import { range, titleOf } from './matrix-figure.ts'

interface Row {
  readonly source: string
  readonly target: string
  readonly gap: TransferGap
}

/** How much more a target keeps under transferred examples than under white-box ones. */
export function gapFigure(
  data: Transfer & { readonly chosen: NonNullable<Transfer['chosen']> },
): HTMLElement {
  const { chosen, gaps } = data
  const targets = data.targets.filter(({ id }) => gaps.some(gap => gap.target === id))
  const sources = data.sources.filter(({ id }) => gaps.some(gap => gap.source === id))
  const names = groupNames([...sources, ...targets])
  const marks = familyMarks(sources.map(({ architecture }) => architecture))
  const lines = sources.map(({ id }, at) => ({
    label: `from ${names.get(id)}`,
    mark: marks[at]!,
    loose: true,
    points: gaps
      .filter(({ source }) => source === id)
      .map(gap => ({
        x: targets.findIndex(target => target.id === gap.target),
        y: gap.difference * 100,
        low: gap.low * 100,
        high: gap.high * 100,
        tip: [
          `${names.get(gap.target)}: ${format.points(gap.difference)} points ${format.percentInterval(gap.low, gap.high)}`,
          `${format.pValue(gap.holm)} (Holm), n = ${format.count(gap.n)}, ${format.plural(gap.seeds.length, 'seed')}`,
        ],
      })),
  }))
  const rows = gaps.map(gap => ({
    source: names.get(gap.source)!,
    target: names.get(gap.target)!,
    gap,
  }))
  const built = figure({
    name: `transfer-gap-${chosen.attack}-${chosen.norm}`,
    title: `Transfer minus white-box, ${titleOf(chosen)}`,
    note:
      'Paired on the same test examples and the same judged models: n = ' +
      `${range(gaps.map(gap => gap.n))} examples × ${range(gaps.map(gap => gap.seeds.length))} judged of a kind. Below zero the ` +
      'black box beats the white box, whose gradients mislead it. Bars: Agresti-Min 95 %, clustered by ' +
      'example; p: exact McNemar, adjusted for all differences shown (Holm).',
    finding: gapFinding(rows),
    drawing: drawLines({
      x: categories(
        'judged (target)',
        targets.map(({ id }) => names.get(id)!),
      ),
      y: { title: 'difference (points)', type: 'linear' },
      lines,
      apart: sharing(lines.length),
      references: [{ y: 0, label: 'white-box' }],
    }),
    columns,
    rows,
  })
  built.classList.add('gaps')
  return built
}

function gapFinding(rows: readonly Row[]): string {
  const sorted = rows.toSorted((a, b) => a.gap.difference - b.gap.difference)
  const say = ({ source, target, gap }: Row) =>
    `from ${source} to ${target} ${format.points(gap.difference)} points ${format.percentInterval(gap.low, gap.high)}`
  const below = rows.filter(({ gap }) => gap.difference < 0 && gap.holm < 0.05).length
  return (
    `Smallest gap: ${say(sorted[0]!)}; largest: ${say(sorted.at(-1)!)}. ` +
    `The black box beats the white box for ${below} of ${format.plural(rows.length, 'pair')}.`
  )
}

const columns: readonly Column<Row>[] = [
  { header: 'Source', value: row => row.source },
  { header: 'Target', value: row => row.target },
  {
    header: 'Transfer − white-box',
    unit: 'share',
    value: ({ gap }) => gap.difference,
    text: ({ gap }) => format.points(gap.difference),
    numeric: true,
  },
  { header: '95 % low', unit: 'share, Agresti-Min', value: ({ gap }) => gap.low, exportOnly: true },
  {
    header: '95 % high',
    unit: 'share, Agresti-Min',
    value: ({ gap }) => gap.high,
    exportOnly: true,
  },
  {
    header: '95 % interval',
    value: ({ gap }) => format.percentInterval(gap.low, gap.high),
    numeric: true,
  },
  {
    header: '95 % over seeds',
    value: ({ gap }) =>
      format.percentInterval(gap.overSeeds?.low ?? null, gap.overSeeds?.high ?? null),
    numeric: true,
  },
  {
    header: 'p (Holm)',
    unit: 'exact McNemar, adjusted for all differences shown',
    value: ({ gap }) => gap.holm,
    text: ({ gap }) => format.pValue(gap.holm).replace('p = ', '').replace('p ', ''),
    numeric: true,
  },
  { header: 'n', unit: 'test examples', value: ({ gap }) => gap.n, numeric: true },
  { header: 'Seeds', value: ({ gap }) => gap.seeds.join(', ') },
]
