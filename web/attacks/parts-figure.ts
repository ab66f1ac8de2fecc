import type { AttackRow } from '../../server/schemas/attacks.ts'
import { categories, sharing } from '../charts/categories.ts'
import { drawLines } from '../charts/lines.ts'
import type { Column } from '../columns.ts'
import { figure } from '../figure.ts'
import * as format from '../format.ts'
import { attackName } from '../names.ts'
import { optionsName, type ShownAttacks } from './shown.ts'

interface Row {
  readonly row: AttackRow
  /** Undefined: without attack. */
  readonly part: AttackRow['parts'][number] | undefined
}

/** Of each composed attack, what its parts leave one after the other. */
export function partsFigures(shown: ShownAttacks): HTMLElement[] {
  const composed = shown.rows.filter(({ parts }) => parts.length > 1)
  const options = [...new Set(composed.map(row => row.options))]
  return options.map(one =>
    partsFigure(
      shown,
      composed.filter(row => row.options === one),
    ),
  )
}

function partsFigure(shown: ShownAttacks, rows: readonly AttackRow[]): HTMLElement {
  const { marks, names } = shown
  const [first] = rows
  const parts = first!.parts.map(({ part }) => partName(part))
  const lines = rows.map(row => ({
    label: names.get(row.group)!,
    mark: marks.get(row.group)!,
    points: [
      { x: 0, y: cleanOf(row) * 100, tip: [`${format.percent(cleanOf(row))} without attack`] },
      ...row.parts.map((part, at) => ({
        x: at + 1,
        y: part.left * 100,
        low: part.low * 100,
        high: part.high * 100,
        seeds: part.perSeed.map(share => share * 100),
        tip: [
          `after ${partName(part.part)}: ${format.percent(part.left)} ${format.percentInterval(part.low, part.high)}`,
          `it broke ${format.count(part.broken)} of ${format.count(row.successful)}`,
        ],
      })),
    ],
  }))
  const models = rows.map(row => row.evaluations)
  const single = Math.max(...models) === 1
  return figure({
    name: `attack-parts-${first!.options}`,
    title: `What each part of ${optionsName(first!)} leaves, ${shown.budget}`,
    note:
      `Each part attacks what those before it have left; n = ${format.count(first!.n / first!.evaluations)} test ` +
      `examples × ${Math.max(...models)} model${single ? '' : 's'} of an arm. ` +
      (single
        ? 'Bars: Wilson 95 %.'
        : "Bars: Student's 95 % over models; small points: single seeds."),
    finding: partsFinding(shown, rows),
    drawing: drawLines({
      x: categories('part', ['no attack', ...parts]),
      y: {
        ...{ title: 'accuracy left (%)', type: 'linear' },
        ...{ min: 0, max: 100, ticks: [0, 20, 40, 60, 80, 100] },
      },
      lines,
      apart: sharing(lines.length) / 2,
    }),
    columns: columns(shown),
    rows: rows.flatMap(row => [
      { row, part: undefined },
      ...row.parts.map(part => ({ row, part })),
    ]),
  })
}

/** The part's own name, behind the surrogate that it was taken through. */
export function partName(part: string): string {
  const words = part.split(' ')
  return [...words.slice(0, -1), attackName(words.at(-1)!)].join(' ')
}

const cleanOf = (row: AttackRow) => (row.successful + row.failed) / row.n

function partsFinding({ names }: ShownAttacks, rows: readonly AttackRow[]): string {
  const said = rows.map(row => {
    const broken = row.parts
      .filter(part => part.broken > 0)
      .map(part => `${partName(part.part)} ${format.count(part.broken)}`)
    const idle = row.parts.filter(part => part.broken === 0).map(part => partName(part.part))
    const nothing = idle.length > 0 ? `, ${idle.join(' and ')} none` : ''
    return `${names.get(row.group)}: ${broken.join(', ')}${nothing}`
  })
  return `Examples broken by each part. ${said.join('; ')}.`
}

const columns = ({ names }: ShownAttacks): readonly Column<Row>[] => [
  { header: 'Model', value: ({ row }) => names.get(row.group)! },
  { header: 'After', value: ({ part }) => (part ? partName(part.part) : 'no attack') },
  {
    header: 'Broke',
    unit: 'examples, all models',
    value: ({ part }) => part?.broken ?? null,
    numeric: true,
  },
  {
    header: 'Of all broken',
    unit: 'share',
    value: ({ row, part }) => (part && row.successful > 0 ? part.broken / row.successful : null),
    text: ({ row, part }) =>
      part && row.successful > 0 ? format.percent(part.broken / row.successful) : '–',
    numeric: true,
  },
  {
    header: 'Accuracy left',
    unit: 'share',
    value: ({ row, part }) => part?.left ?? cleanOf(row),
    text: ({ row, part }) => format.percent(part?.left ?? cleanOf(row)),
    numeric: true,
  },
  { header: '95 % low', unit: 'share', value: ({ part }) => part?.low ?? null, exportOnly: true },
  { header: '95 % high', unit: 'share', value: ({ part }) => part?.high ?? null, exportOnly: true },
  {
    header: '95 % interval',
    value: ({ part }) => format.percentInterval(part?.low ?? null, part?.high ?? null),
    numeric: true,
  },
]
