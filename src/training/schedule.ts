import { z } from 'zod'

/** How the learning rate falls over a training run. */
export const scheduleSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('constant') }),
  z.strictObject({
    name: z.literal('step'),
    /** The rate is multiplied by this … */
    factor: z.number().positive().max(1),
    /** … after every so many epochs. */
    epochs: z.number().positive(),
  }),
  z.strictObject({
    name: z.literal('cosine'),
    /** Share of the first rate that is left at the end. */
    floor: z.number().min(0).max(1).default(0),
  }),
])

export type Schedule = z.infer<typeof scheduleSchema>

/**
 * What the learning rate is multiplied with.
 *
 * @param epoch passes over the training split so far, fractions included
 * @param epochs passes in all
 * @see cosine: Loshchilov and Hutter, "SGDR", 2017, without restarts
 */
export function rateFactor(schedule: Schedule, epoch: number, epochs: number): number {
  switch (schedule.name) {
    case 'constant':
      return 1
    case 'step':
      return schedule.factor ** Math.floor(epoch / schedule.epochs)
    case 'cosine': {
      const wave = (1 + Math.cos((Math.PI * epoch) / epochs)) / 2
      return schedule.floor + (1 - schedule.floor) * wave
    }
  }
}
