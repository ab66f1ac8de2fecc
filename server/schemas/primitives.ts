import { z } from 'zod'

/**
 * What the schemas of the API are made of. Queries are validated with them, the types of the web page
 * come from them, and tests parse every response with them.
 *
 * Accuracies are shares in [0, 1]; epsilon is in the units of its norm, of images in units of the
 * pixel range [0, 1]; times are ISO 8601 in UTC; durations are in the unit that the field is named
 * after.
 */

export const count = z.int().min(0)
export const share = z.number().min(0).max(1)
export const json = z.record(z.string(), z.unknown())
export const identifier = z.string().min(1).max(128)

/** Name of a data set, architecture, arm or attack, as it may stand in a query. */
export const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'a name: letters, digits, . _ -')
export const hash = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,128}$/, 'an identifier: letters, digits, _ -')

/** A 95 % interval. */
export const interval = { low: z.number(), high: z.number() }

/** One page of a list: how many there are in all, and where the next page begins, if there is one. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ total: count, items: z.array(item), nextCursor: z.string().nullable() })

/** How a change is measured, see `EvaluationTable.norm`. */
export const normSchema = z.enum(['linf', 'l2', 'l1', 'words', 'edges', 'entries', 'changes'])
export type Norm = z.infer<typeof normSchema>
