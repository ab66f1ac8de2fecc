import type { Change } from './judge.ts'
import type { Subject } from './measurement.ts'

/** What a number is of, in one line, e.g. `glyphs mlp lr-logit seed 0: pgd linf 0.1`. */
export function subjectLine(one: Subject & { readonly seed: number | null }): string {
  const arm = one.variant ? `${one.arm} (${one.variant})` : one.arm
  const seed = one.seed === null ? 'all seeds' : `seed ${one.seed}`
  return `${one.dataset} ${one.architecture} ${arm} ${seed}: ${measureName(one)}`
}

/** What is measured, in a few words, e.g. `pgd linf 0.1, from mlp bp seed 0`. */
export function measureName({ metric, attack, norm, epsilon, detail }: Subject): string {
  const names = {
    clean: 'clean accuracy',
    robust: `${attack} ${norm} ${epsilon}`,
    worst: `worst case ${norm} ${epsilon}`,
    corrupted: 'corrupted images',
    certified: `certified within ${norm} ${epsilon}`,
    verdict: `verdict ${norm} ${epsilon}`,
    cosine: 'cosine to backprop',
    variance: 'relative variance',
    seconds: 'training time',
    state: 'training',
  } as const
  return detail ? `${names[metric]}, ${detail}` : names[metric]
}

/** What it was, what it is, the difference with its interval, the p-value, in cells. */
export function changeCells(change: Change): {
  readonly before: string
  readonly now: string
  readonly difference: string
  readonly p: string
  readonly n: string
} {
  const { metric, before, now, difference, low, high, holm, n, seeds, test } = change
  const value = shownAs(metric)
  const step = stepOf(metric)
  const interval = low === null || high === null ? '' : ` [${step(low)}, ${step(high)}]`
  return {
    before: before === null ? '–' : value(before),
    now: now === null ? '–' : value(now),
    difference: difference === null ? '–' : `${step(difference)}${interval}`,
    p: holm === null ? '–' : pValue(holm),
    n: test === 'seeds' ? `${seeds} seeds` : n === 0 ? '–' : String(n),
  }
}

function shownAs(metric: Change['metric']): (value: number) => string {
  switch (metric) {
    case 'state':
      return value => (value === 1 ? 'trained' : 'diverged')
    case 'verdict':
      return verdictName
    case 'seconds':
      return value => `${value.toFixed(1)} s`
    case 'cosine':
      return value => value.toFixed(3)
    case 'variance':
      return value => value.toPrecision(3)
    default:
      return value => `${(100 * value).toFixed(1)} %`
  }
}

/** The verdict that `verdictMeasurement` made a number of. */
export function verdictName(value: number): string {
  return value > 0 ? 'real' : value < 0 ? 'masked' : 'undecided'
}

function stepOf(metric: Change['metric']): (difference: number) => string {
  switch (metric) {
    case 'state':
    case 'verdict':
      return () => '–'
    case 'seconds':
    case 'variance':
      return value => `${signed(100 * value, 0)} %`
    case 'cosine':
      return value => signed(value, 3)
    default:
      return value => signed(100 * value, 1)
  }
}

function signed(value: number, digits: number): string {
  const text = value.toFixed(digits)
  if (Number(text) === 0) return (0).toFixed(digits)
  return value > 0 ? `+${text}` : text.replace('-', '−')
}

function pValue(p: number): string {
  return p < 0.001 ? p.toExponential(0) : p.toFixed(3)
}

/** How often there may be a false alarm, and what it takes to be one. */
export function alarmRule({ alpha, leastPoints }: { alpha: number; leastPoints: number }): string {
  return (
    `Alarm: p after Holm's adjustment at most ${percent(alpha)} % and a change of ` +
    `${percent(leastPoints)} or more points; without change that is at most ${percent(alpha)} % of nightlies.`
  )
}

const percent = (share: number) => Number((100 * share).toPrecision(6))
