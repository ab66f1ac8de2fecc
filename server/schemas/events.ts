import { z } from 'zod'
import { nightlySchema, summarySchema } from './summary.ts'

/** What the event `state` says, as JSON: how much there is, and how the latest nightly fares. */
export const stateEventSchema = z.strictObject({
  counts: summarySchema.shape.counts,
  nightly: nightlySchema.nullable(),
  /** Titles of its jobs that are being done. */
  running: z.array(z.string()),
})
export type StateEvent = z.infer<typeof stateEventSchema>
