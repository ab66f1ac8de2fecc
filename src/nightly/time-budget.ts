import { InvalidArgumentError } from 'commander'

/** A time of day in local time. */
export interface TimeOfDay {
  readonly hours: number
  readonly minutes: number
}

/** An option's value as a time of day, e.g. `06:00`. */
export function timeOfDay(text: string): TimeOfDay {
  const match = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text)
  if (match) return { hours: Number(match[1]), minutes: Number(match[2]) }
  throw new InvalidArgumentError('It must be a time of day, from 00:00 to 23:59.')
}

/** The longest night that can be asked for, in hours: three weeks. */
const mostHours = 504

/** An option's value as a number of hours. */
export function hoursOf(text: string): number {
  const hours = Number(text)
  if (text.trim() !== '' && hours > 0 && hours <= mostHours) return hours
  throw new InvalidArgumentError(`It must be a number of hours above 0 and at most ${mostHours}.`)
}

/** The next moment with this time of day, local time, after now; milliseconds since 1970. */
export function nextMoment({ hours, minutes }: TimeOfDay, now: number): number {
  const moment = new Date(now)
  moment.setHours(hours, minutes, 0, 0)
  if (moment.getTime() <= now) moment.setDate(moment.getDate() + 1)
  return moment.getTime()
}

/** When the time is up: the earlier of both; undefined without a limit. */
export function deadlineOf(
  { until, maxHours }: { readonly until?: TimeOfDay; readonly maxHours?: number },
  now: number,
): number | undefined {
  const limits = [
    ...(until ? [nextMoment(until, now)] : []),
    ...(maxHours === undefined ? [] : [now + maxHours * 3_600_000]),
  ]
  return limits.length > 0 ? Math.min(...limits) : undefined
}
