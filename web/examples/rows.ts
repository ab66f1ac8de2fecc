import type { Gallery, GalleryColumn, GalleryOutcome } from '../../server/schemas/gallery.ts'
import type { Column } from '../columns.ts'
import * as format from '../format.ts'
import { attackName, seriesName } from '../names.ts'
import { type Fate, fateOf } from './words.ts'

/** One example as one model met it, for the table and its exports. */
export interface Row {
  readonly example: number
  readonly label: string
  readonly series: string
  readonly column: GalleryColumn
  readonly fate: Fate
  readonly before: string
  readonly after: string
  readonly outcome: GalleryOutcome
}

/** A row an example and model, of the examples that are shown. */
export function rowsOf({ items, columns, classes }: Gallery): Row[] {
  const name = (label: number) => classes[label] ?? String(label)
  return items.flatMap(item =>
    columns.map((column, at) => {
      const outcome = item.outcomes[at]!
      return {
        example: item.example,
        label: name(item.label),
        series: seriesName(column.series),
        column,
        fate: fateOf(item, outcome),
        before: name(outcome.cleanPrediction),
        after: name(outcome.adversarialPrediction),
        outcome,
      }
    }),
  )
}

type Norms = 'linf' | 'l2' | 'l1' | 'words' | 'changedWords' | 'changedEdges' | 'changedEntries'

/** The columns of the table; a norm that none of the rows has is left out. */
export function columnsOf(rows: readonly Row[]): Column<Row>[] {
  const size = (header: string, key: Norms, unit?: string): readonly Column<Row>[] =>
    rows.every(({ outcome }) => outcome[key] === null)
      ? []
      : [
          {
            header,
            ...(unit && { unit }),
            value: row => row.outcome[key],
            text: row => format.real(row.outcome[key]),
            numeric: true,
          },
        ]
  return [
    { header: 'Example', value: row => row.example, numeric: true },
    { header: 'Label', value: row => row.label },
    { header: 'Model', value: row => row.series, href: row => `/runs/${row.column.model}` },
    { header: 'Outcome', value: row => row.fate },
    { header: 'Without attack', value: row => row.before },
    { header: 'Under attack', value: row => row.after },
    ...size('L∞', 'linf', 'pixel range 0 to 1'),
    ...size('L2', 'l2', 'pixel range 0 to 1'),
    ...size('L1', 'l1', 'pixel range 0 to 1'),
    ...size('Words', 'words'),
    ...size('Changed words', 'changedWords'),
    ...size('Changed edges', 'changedEdges'),
    ...size('Changed features', 'changedEntries'),
    {
      header: 'Model calls',
      value: row => row.outcome.queries,
      text: row => format.count(row.outcome.queries),
      numeric: true,
    },
    {
      header: 'Broken by',
      value: row => row.outcome.component,
      text: row => (row.outcome.component === null ? '–' : attackName(row.outcome.component)),
    },
    { header: 'Evaluation', value: row => row.column.evaluation, exportOnly: true },
    { header: 'Run', value: row => row.column.model, exportOnly: true },
    { header: 'Crafted on', value: row => row.column.craftedOn.id, exportOnly: true },
  ]
}
