import { z } from 'zod'
import { HttpProblem } from './problem.ts'

/** Sort value and id of the last row of a page. */
export type PageKey = readonly [value: string | number, id: string]

const keySchema = z.tuple([
  z.enum(['asc', 'desc']),
  z.string(),
  z.union([z.string(), z.number()]),
  z.string(),
])

/** A cursor for the page after a row, in this order alone. */
export function encodeCursor(order: 'asc' | 'desc', sort: string, [value, id]: PageKey): string {
  return Buffer.from(JSON.stringify([order, sort, value, id])).toString('base64url')
}

/**
 * The key in a cursor.
 *
 * @throws HttpProblem 400 for a cursor that was made in another order, and for what is none
 */
export function decodeCursor(cursor: string, order: string, sort: string): PageKey {
  const message = 'not a cursor of this order; start again without one'
  try {
    const [direction, column, value, id] = keySchema.parse(
      JSON.parse(Buffer.from(cursor, 'base64url').toString()),
    )
    if (direction === order && column === sort) return [value, id]
  } catch {
    // What cannot be read is no cursor either.
  }
  throw new HttpProblem(400, `invalid cursor: ${message}`, [{ field: 'cursor', message }])
}
