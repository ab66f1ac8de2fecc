import type { Summary } from '../../server/schemas/summary.ts'

/** What a page gets: the address it stands for, and the summary of the database. */
export interface View {
  readonly path: string
  readonly params: URLSearchParams
  readonly summary: Summary
}

/** A page's content with the title of its window. */
export interface Page {
  readonly title: string
  readonly content: readonly Node[]
}
