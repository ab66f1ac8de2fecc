import { z } from 'zod'

const constant = z.strictObject({ name: z.literal('constant') })

const step = z.strictObject({
  name: z.literal('step'),
  /** The value is multiplied by this … */
  factor: z.number().positive().max(1),
  /** … after every so many epochs. */
  epochs: z.number().positive(),
})

/** How the standard deviation of injected noise falls over a training run. */
export const sigmaScheduleSchema = z.discriminatedUnion('name', [constant, step])

export type SigmaSchedule = z.infer<typeof sigmaScheduleSchema>

/** How the learning rate falls over a training run. */
export const scheduleSchema = z.discriminatedUnion('name', [
  constant,
  step,
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
 * @param done share of the training that is done
 * @see cosine: Loshchilov and Hutter, "SGDR", 2017, without restarts
 */
export function rateFactor(schedule: Schedule, epoch: number, done: number): number {
  if (schedule.name !== 'cosine') return decay(schedule, epoch)
  const wave = (1 + Math.cos(Math.PI * done)) / 2
  return schedule.floor + (1 - schedule.floor) * wave
}

/**
 * What the standard deviation of noise is multiplied with: 1, or `factor^⌊epoch / epochs⌋`.
 *
 * @param epoch passes over the training split so far, fractions included
 */
export function decay(schedule: SigmaSchedule, epoch: number): number {
  return schedule.name === 'constant' ? 1 : schedule.factor ** Math.floor(epoch / schedule.epochs)
}
