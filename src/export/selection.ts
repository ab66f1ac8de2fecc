import { type RawBuilder, sql } from 'kysely'
import { UsageError } from '../errors.ts'
import type { Relation } from './relation.ts'

/** Values that columns must have, as texts; an empty one asks for null. */
export type Where = readonly (readonly [column: string, value: string])[]

/**
 * The condition of a selection.
 *
 * @throws UsageError for a column that the relation does not have
 */
export function conditionOf({ name, columns }: Relation, where: Where): RawBuilder<boolean> {
  const conditions = where.map(([column, value]) => {
    if (columns.some(one => one.name === column)) return equals(column, value)
    const known = columns.map(one => one.name).join(', ')
    throw new UsageError(`unknown column: ${column} (${name} has ${known})`)
  })
  return conditions.length === 0 ? sql`true` : sql`${sql.join(conditions, sql` and `)}`
}

/** A column that a view calculates does not turn a text into a number by itself. */
function equals(column: string, value: string): RawBuilder<boolean> {
  if (value === '') return sql`${sql.ref(column)} is null`
  const number = Number(value)
  return value.trim() !== '' && Number.isFinite(number)
    ? sql`${sql.ref(column)} in (${value}, ${number})`
    : sql`${sql.ref(column)} = ${value}`
}
