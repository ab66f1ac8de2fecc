import { z } from 'zod'
import { formatNames } from '../../src/export/formats.ts'

/** Most rows of a file; a whole npz archive is made in memory. */
export const exportLimits = Object.freeze({ streamed: 5_000_000, whole: 100_000 })

export const exportParamsSchema = z.strictObject({ format: z.enum(formatNames) })

/** Any other parameter is a column with the value that it must have. */
export const exportQuerySchema = z
  .object({
    view: z
      .string('expected the name of a view or table')
      .min(1, 'expected the name of a view or table')
      .max(64)
      .describe('a view, see /views, or a table'),
  })
  .catchall(z.string('one value a column').max(1_000))
