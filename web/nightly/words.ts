import type { NightlyChange, NightlyItem } from '../../server/schemas/nightly.ts'
import { verdictName } from '../../src/nightly/describe.ts'
import { isAccuracy } from '../../src/nightly/measurement.ts'
import * as format from '../format.ts'

/** What people call an alarm; the sign says the direction without the colour. */
export const alarmNames = { regression: '▼ regression', improvement: '▲ improvement' } as const

/** A value of a metric as people read it. */
export function valueText(metric: NightlyChange['metric'], value: number | null): string {
  if (value === null) return '–'
  if (isAccuracy({ metric })) return format.percent(value)
  switch (metric) {
    case 'verdict':
      return verdictName(value)
    case 'seconds':
      return format.duration(value)
    case 'state':
      return value === 1 ? 'trained' : 'diverged'
    default:
      return format.real(value)
  }
}

/** A difference with its interval: in points, of variances and times in percent of what was. */
export function differenceText({ metric, difference, low, high }: NightlyChange): string {
  if (difference === null || metric === 'state' || metric === 'verdict') return '–'
  const step = stepOf(metric)
  const interval = low === null || high === null ? '' : ` [${step(low)}, ${step(high)}]`
  return step(difference) + interval
}

function stepOf(metric: NightlyChange['metric']): (difference: number) => string {
  if (metric === 'cosine') return format.real
  if (metric === 'variance' || metric === 'seconds') return value => `${format.points(value)} %`
  return format.points
}

/** The day and time of an execution, short, e.g. `11-28 20:42`. */
export function day(iso: string): string {
  return format.time(iso).slice(5, 16)
}

/** How an execution ended, in a few words. */
export function outcomeText({ state, jobs, comparison }: NightlyItem): string {
  const alarms = comparison
    ? [
        comparison.regressions > 0 && `▼ ${format.plural(comparison.regressions, 'regression')}`,
        comparison.improvements > 0 && `▲ ${format.plural(comparison.improvements, 'improvement')}`,
        comparison.regressions + comparison.improvements === 0 && 'no change that can be told',
      ]
    : ['nothing to compare with']
  const failed = jobs.failed > 0 && `${format.plural(jobs.failed, 'job')} failed`
  const parts = [state !== 'done' && state, failed, ...(state === 'running' ? [] : alarms)]
  return parts.filter(part => part !== false).join(', ')
}
