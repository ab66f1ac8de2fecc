import { holm } from '../statistics/holm.ts'
import { summarise } from '../statistics/mean.ts'
import { pairedDifference } from '../statistics/paired.ts'
import { type Sample, type WelchDifference, welch } from '../statistics/welch.ts'
import type { NightlyChangeTable } from '../store/tables/nightly.ts'
import type { Pair } from './match.ts'
import {
  grouped,
  isAccuracy,
  type Measurement,
  type NightlyMeasures,
  nameOf,
  outcomeKey,
  type Subject,
  type Verdict,
} from './measurement.ts'
import { worstPairs } from './worst-cases.ts'

/** When a change is an alarm. */
export interface AlarmOptions {
  /** Largest probability of any false alarm among all comparisons of an execution. */
  readonly alpha: number
  /** Smallest change of an accuracy or a cosine that is an alarm, a share; of a variance, ten times it. */
  readonly leastPoints: number
}

/** One false alarm in a hundred executions; a percentage point. */
export const usualAlarms: AlarmOptions = { alpha: 0.01, leastPoints: 0.01 }

/** A number of an execution compared with an earlier one. */
export interface Change extends Omit<NightlyChangeTable, 'nightly_id' | 'position' | 'model_id'> {
  readonly model: string
}

type Unjudged = Omit<Change, 'verdict' | 'holm'>

interface Compared extends Pair {
  readonly outcomes: { readonly before: Uint8Array; readonly now: Uint8Array } | null
}

/**
 * Compares what two executions measured of the same things.
 *
 * Accuracies on the same examples are judged by McNemar's exact test, model by model; on other
 * examples, and for models that another engine or machine trained to other weights, by Welch's test
 * over seeds. Cosines of one and the same model are judged by Welch's test over the repeats, other
 * cosines and all variances (their logarithms) over seeds. Times and verdicts are reported.
 *
 * Holm's adjustment is over all tests in which anything differs: where not one example is decided
 * otherwise the test cannot reject, so leaving it out raises no false alarm.
 *
 * @param reused what was not measured again: a part of worst cases alone
 */
export function judge(
  pairs: readonly Pair[],
  reused: readonly Pair[],
  before: NightlyMeasures,
  now: NightlyMeasures,
  options: AlarmOptions = usualAlarms,
): { readonly changes: Change[]; readonly family: number } {
  const compared: Compared[] = [
    ...pairs.map(pair => ({ ...pair, outcomes: outcomesOf(pair, before, now) })),
    ...worstPairs(pairs, reused, before.outcomes, now.outcomes).map(worst => ({
      before: worst.before.measurement,
      now: worst.now.measurement,
      outcomes: { before: worst.before.outcomes, now: worst.now.outcomes },
    })),
  ]
  const found: Unjudged[] = []
  const overSeeds: Pair[] = []
  for (const pair of compared) {
    const change = onOwn(pair)
    if (change) found.push(change)
    else overSeeds.push(pair)
  }
  const groups = grouped(overSeeds, ({ now }) => nameOf({ ...now, seed: null }) + now.variant)
  found.push(...[...groups.values()].map(seedsChange))
  const tested = found.filter(one => one.p !== null && differs(one))
  const adjusted = new Map(holm(tested.map(one => one.p!)).map((p, at) => [tested[at], p]))
  const changes = found.map((one): Change => {
    const holm = one.p === null ? null : (adjusted.get(one) ?? 1)
    return { ...one, holm, verdict: verdictOf(one, holm, options) }
  })
  return { changes, family: tested.length }
}

function outcomesOf(pair: Pair, before: NightlyMeasures, now: NightlyMeasures) {
  if (!isAccuracy(pair.now) || pair.before.datasetId !== pair.now.datasetId) return null
  const [first, second] = [
    before.outcomes.get(outcomeKey(pair.before)),
    now.outcomes.get(outcomeKey(pair.now)),
  ]
  return first && second ? { before: first, now: second } : null
}

/** What can be said of one model alone; undefined where only seeds together can tell. */
function onOwn({ before, now, outcomes }: Compared): Unjudged | undefined {
  const base = { ...subjectOf(now), seed: now.seed, seeds: 1, model: now.model }
  const untested = { low: null, high: null, lost: null, won: null, p: null } as const
  const values = { before: before.value, now: now.value }
  const weights = now.weights !== null && before.weights === now.weights
  if (now.metric === 'state') {
    const difference = now.value - before.value
    const note = difference < 0 ? 'diverged' : difference > 0 ? 'trains again' : ''
    return { ...base, ...untested, ...values, difference, test: 'none', n: 0, note }
  }
  if (now.metric === 'verdict') {
    const difference = now.value - before.value
    return { ...base, ...untested, ...values, difference, test: 'none', n: now.n!, note: '' }
  }
  if (now.metric === 'seconds') {
    const difference = before.value > 0 ? now.value / before.value - 1 : null
    return { ...base, ...untested, ...values, difference, test: 'none', n: 0, note: '' }
  }
  if (now.metric === 'cosine' && weights && before.sd !== null && now.sd !== null) {
    const test = welch(sampleOf(before), sampleOf(now))
    const note = 'same weights'
    return { ...base, ...untested, ...values, ...test, test: 'repeats', n: now.n!, note }
  }
  if (!outcomes || (!weights && before.machine !== now.machine)) return undefined
  const { lost, won, right, n } = discordant(outcomes.before, outcomes.now)
  if (n === 0) return undefined
  return {
    ...base,
    ...pairedDifference(lost, won, n),
    before: (right + lost) / n,
    now: (right + won) / n,
    ...{ test: 'mcnemar', n, lost, won },
    note: noteOf(now, weights, won - lost),
  }
}

/** What a change of accuracy means where the weights are the same, bit by bit. */
function noteOf({ metric, plain }: Measurement, weights: boolean, more: number): string {
  if (!weights) return more === 0 ? '' : 'other weights'
  if (more === 0 || (metric !== 'robust' && metric !== 'worst')) return 'same weights'
  if (!plain) return 'same weights, other examples'
  return `same weights: the attack is ${more < 0 ? 'stronger' : 'weaker'} now`
}

/** Examples that both judged: right both times, lost and won since. */
function discordant(before: Uint8Array, now: Uint8Array) {
  let [lost, won, right, n] = [0, 0, 0, 0]
  for (let at = 0; at < Math.min(before.length, now.length); at++) {
    if ((before[at]! & now[at]! & 1) === 0) continue
    n++
    const was = (before[at]! & 4) !== 0
    const is = (now[at]! & 4) !== 0
    if (was && is) right++
    else if (was) lost++
    else if (is) won++
  }
  return { lost, won, right, n }
}

/** All seeds of one thing together. */
function seedsChange(pairs: readonly Pair[]): Unjudged {
  const { now } = pairs[0]!
  const scale = now.metric === 'variance' ? logarithms : plainly
  const read = (side: 'before' | 'now') =>
    summarise(pairs.map(pair => scale.to(Math.max(pair[side].value, Number.MIN_VALUE))))
  const [first, second] = [read('before'), read('now')]
  const test = first.sd !== null && second.sd !== null ? welchOf(first, second) : null
  return {
    ...subjectOf(now),
    seed: pairs.length > 1 ? null : now.seed,
    seeds: pairs.length,
    before: scale.from(first.mean),
    now: scale.from(second.mean),
    difference: scale.difference(test?.difference ?? second.mean - first.mean),
    low: test && scale.difference(test.low),
    high: test && scale.difference(test.high),
    p: test?.p ?? null,
    ...{ test: test ? 'seeds' : 'none', lost: null, won: null },
    n: Math.min(...pairs.map(pair => pair.now.n ?? 0)),
    note: test ? '' : 'one seed',
    model: now.model,
  }
}

/** On a scale of shares, or of logarithms where factors count. */
const plainly = {
  to: (value: number) => value,
  from: (value: number) => value,
  difference: (value: number) => value,
}
const logarithms = {
  to: Math.log,
  from: Math.exp,
  difference: (value: number) => Math.expm1(value),
}

function welchOf(first: { n: number; mean: number; sd: number | null }, second: typeof first) {
  const sample = ({ n, mean, sd }: typeof first): Sample => ({ n, mean, sd: sd! })
  return welch(sample(first), sample(second)) as WelchDifference
}

function sampleOf({ n, value, sd }: Measurement): Sample {
  return { n: n!, mean: value, sd: sd! }
}

function subjectOf(one: Measurement): Subject {
  const { metric, dataset, architecture, arm, variant, attack, norm, epsilon, detail } = one
  return { metric, dataset, architecture, arm, variant, attack, norm, epsilon, detail }
}

/** Whether a test could reject at all. */
function differs({ test, lost, won, difference }: Unjudged): boolean {
  return test === 'mcnemar' ? lost! + won! > 0 : difference !== 0
}

function verdictOf(one: Unjudged, holm: number | null, options: AlarmOptions): Verdict {
  const { metric, difference } = one
  if (metric === 'seconds') return 'reported'
  if (metric === 'verdict') return difference === 0 ? 'unchanged' : 'reported'
  if (metric === 'state') {
    return difference === 0 ? 'unchanged' : difference! < 0 ? 'regression' : 'improvement'
  }
  if (holm === null) return difference === 0 ? 'unchanged' : 'undecided'
  if (holm > options.alpha) return 'unchanged'
  const least = metric === 'variance' ? 10 * options.leastPoints : options.leastPoints
  if (Math.abs(difference!) < least) return 'small'
  const worse = metric === 'variance' ? difference! > 0 : difference! < 0
  return worse ? 'regression' : 'improvement'
}
