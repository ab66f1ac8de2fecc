import type { Rows } from '../commands/compare-tables.ts'
import type { ChartLine } from './chart.ts'

/** What a report is made of, whatever it is written in; every text is plain. */
export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string; readonly strong?: boolean }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'code'; readonly lines: readonly string[] }
  | {
      readonly kind: 'table'
      readonly caption: string
      readonly rows: Rows
      readonly bold?: string
    }
  | { readonly kind: 'chart'; readonly chart: Chart }
  | { readonly kind: 'details'; readonly summary: string; readonly blocks: readonly Block[] }

/** Accuracy against epsilon. */
export interface Chart {
  readonly title: string
  /** What it shows, in words. */
  readonly finding: string
  readonly xTitle: string
  readonly lines: readonly ChartLine[]
  /** Accuracy of guessing. */
  readonly chance: number | null
}
