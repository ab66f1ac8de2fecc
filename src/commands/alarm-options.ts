import { type Command, InvalidArgumentError } from 'commander'
import { type AlarmOptions, usualAlarms } from '../nightly/judge.ts'

/** What options say of when a change is an alarm. */
export interface AlarmWords {
  readonly alpha: number
  readonly leastPoints: number
}

/** Adds the options that say when a change is an alarm. */
export function alarmOptions(command: Command): Command {
  return command
    .option(
      '--alpha <share>',
      'largest probability of any false alarm in a nightly',
      shareOption,
      usualAlarms.alpha,
    )
    .option(
      '--least-points <points>',
      'smallest change of an accuracy that is an alarm',
      pointsOption,
      100 * usualAlarms.leastPoints,
    )
}

/** The alarms that the options ask for. */
export function alarmsOf({ alpha, leastPoints }: AlarmWords): AlarmOptions {
  return { alpha, leastPoints: leastPoints / 100 }
}

function shareOption(text: string): number {
  const share = Number(text)
  if (share > 0 && share < 1) return share
  throw new InvalidArgumentError('It must be a number between 0 and 1.')
}

function pointsOption(text: string): number {
  const points = Number(text)
  if (text.trim() !== '' && points >= 0 && points <= 100) return points
  throw new InvalidArgumentError('It must be a number from 0 to 100.')
}
