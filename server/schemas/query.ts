import { z } from 'zod'
import { queryBounds } from './query-bounds.ts'

/** Characters of a statement: with %-escapes it still fits an address. */
const longestStatement = 6_000

export const sqlQuerySchema = z.strictObject({
  sql: z
    .string('expected one select statement')
    .min(1, 'expected one select statement')
    .max(longestStatement)
    .describe('one select statement; it can read every table and view and change nothing'),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(queryBounds.mostRows)
    .default(queryBounds.rows)
    .describe('rows beyond it are left out'),
})
export type SqlQuery = z.infer<typeof sqlQuerySchema>

/** A value of a result; bytes come as hexadecimal digits, infinities as a text. */
const cell = z.union([z.string(), z.number(), z.null()])
export type SqlCell = z.infer<typeof cell>

export const sqlAnswerSchema = z.strictObject({
  columns: z.array(z.string()),
  /** Cells in the order of the columns. */
  rows: z.array(z.array(cell)),
  /** Which limit left out rows; null where these are all. */
  cut: z.enum(['rows', 'size']).nullable(),
  limits: z.strictObject({ rows: z.int(), bytes: z.int(), seconds: z.number() }),
})
export type SqlAnswer = z.infer<typeof sqlAnswerSchema>

export const viewsSchema = z.strictObject({
  views: z.array(
    z.strictObject({
      name: z.string(),
      description: z.string(),
      columns: z.array(z.strictObject({ name: z.string(), meaning: z.string() })),
    }),
  ),
})
export type Views = z.infer<typeof viewsSchema>
