import { type Expression, type RawBuilder, sql } from 'kysely'

/** One page of rows by key: no offset, so a page costs the same wherever it is. */
export interface KeyedPage<Column extends string> {
  readonly sort: Column
  readonly order: 'asc' | 'desc'
  /** Sort value and id of the last row of the page before. */
  readonly after?: readonly [value: string | number, id: string] | undefined
  readonly limit: number
}

/** Whether a row comes on this page or a later one, in the order of the column and, in it, of ids. */
export function isOnPage(
  { order, after }: Pick<KeyedPage<string>, 'order' | 'after'>,
  column: RawBuilder<string | number>,
  id: Expression<string>,
): RawBuilder<boolean> {
  if (!after) return sql<boolean>`true`
  const beyond = sql.raw(order === 'asc' ? '>' : '<')
  return sql<boolean>`(${column}, ${id}) ${beyond} (${after[0]}, ${after[1]})`
}
