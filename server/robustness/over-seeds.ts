import type { Stream } from '../../src/random/stream.ts'
import { pairedBootstrap } from '../../src/statistics/bootstrap.ts'
import { studentTest, summarise } from '../../src/statistics/mean.ts'
import { mcnemar } from '../../src/statistics/paired.ts'
import { normalQuantile975, wilson } from '../../src/statistics/wilson.ts'
import type { CurvePoint, Difference } from '../schemas/robustness.ts'
import { ABSENT, commonExamples, type Judged, RIGHT } from './judged.ts'

/** How the intervals are made, in words for figures and exports. */
export const methods = {
  accuracy:
    'Wilson 95 % over test examples; the verdicts of several seeds on one example count as one ' +
    'cluster. The spread over seeds is shown by the points.',
  difference:
    'Agresti-Min 95 % interval of the paired difference over test examples (seeds of one example ' +
    'are one cluster); p is two-sided, exact McNemar (sign test over examples). Over seeds: ' +
    "Student's 95 % interval and paired t-test, each trained pair one value. Holm: the p over seeds, " +
    'or of one seed that over examples, adjusted for all differences of this answer above ε = 0.',
} as const

type Tally = Omit<CurvePoint, 'epsilon'>
/** A comparison before it is one of a family. */
export type Paired = Omit<Difference, 'series' | 'against' | 'attack' | 'epsilon' | 'holm'>

/**
 * Accuracy of the models of several seeds on the same examples: each seed's with its own Wilson
 * interval, and their mean.
 *
 * The interval of the mean is Wilson's with the effective number of examples p(1 − p) / V, where V
 * is the variance of the mean estimated between examples: two seeds that err on the same examples
 * are no more evidence than one. With one seed it is the plain Wilson interval.
 * @see Korn and Graubard (1998), Confidence intervals for proportions with small expected number
 * of positive counts estimated from survey data.
 */
export function tally(judged: readonly Judged[]): Tally {
  const common = commonExamples(judged)
  const seeds = judged.map(one => {
    const { n, correct } = counted(one.verdicts)
    const { seed, model, evaluation } = one
    return {
      seed,
      model,
      evaluation,
      n,
      correct,
      accuracy: n && correct / n,
      ...wilson(correct, n),
    }
  })
  const right = common.map(example => count(judged, example))
  const correct = right.reduce((sum, k) => sum + k, 0)
  const accuracy = common.length && correct / common.length / judged.length
  const effective = effectiveCount(right, judged.length, accuracy)
  return {
    n: common.length,
    correct,
    accuracy,
    ...wilson(accuracy * effective, effective),
    seeds,
  }
}

/** How many examples were judged, and how many of them rightly. */
function counted(verdicts: Uint8Array): { readonly n: number; readonly correct: number } {
  let [n, correct] = [0, 0]
  for (let at = 0; at < verdicts.length; at++) {
    if (verdicts[at] !== ABSENT) n++
    if (verdicts[at] === RIGHT) correct++
  }
  return { n, correct }
}

/** How many of the seeds' models are right on this example. */
function count(judged: readonly Judged[], example: number): number {
  let right = 0
  for (let at = 0; at < judged.length; at++) {
    if (judged[at]!.verdicts[example] === RIGHT) right++
  }
  return right
}

function effectiveCount(right: readonly number[], seeds: number, accuracy: number): number {
  const n = right.length
  const binomial = accuracy * (1 - accuracy)
  if (seeds === 1 || binomial === 0) return n
  const between = right.reduce((sum, k) => sum + (k / seeds - accuracy) ** 2, 0) / n
  return Math.max(n, Math.min(n * seeds, (binomial * n) / between))
}

/**
 * Difference in accuracy of two models of each seed on the same examples, seed by seed and over
 * all seeds. Two questions, two intervals: over examples, whether these models differ; over seeds,
 * whether models trained like them do.
 *
 * With d the difference summed over the seeds of an example, the interval is Agresti and Min's:
 * two examples are added, half an example each way and one without difference. The test counts the
 * examples with d > 0 against those with d < 0; with one seed that is McNemar's exact test.
 * @see Agresti and Min (2005), Simple improved confidence intervals for comparing matched
 * proportions.
 *
 * @param random what the bootstrap over examples draws from; where it is left out there is none
 */
export function compare(pairs: readonly Pair[], random?: Stream): Paired {
  const perSeed = pairs.map(pair => ({ seed: pair[0].seed, ...compareOnce([pair]) }))
  return {
    ...compareOnce(pairs),
    seeds: perSeed.map(({ seed }) => seed),
    perSeed,
    overSeeds: overSeeds(perSeed.map(({ difference }) => difference)),
    bootstrap: random ? bootstrap(pairs, random) : null,
  }
}

type Pair = readonly [first: Judged, second: Judged]

/** The differences of single seeds as values of their own; null where there is but one. */
function overSeeds(differences: readonly number[]): Paired['overSeeds'] {
  if (differences.length < 2) return null
  const { sd, low, high } = summarise(differences)
  return {
    sd: sd!,
    low: Math.max(-1, low!),
    high: Math.min(1, high!),
    p: studentTest(differences),
  }
}

/** BCa interval over the examples, each drawn with its verdicts under all models. */
function bootstrap(pairs: readonly Pair[], random: Stream): Paired['bootstrap'] {
  const common = commonExamples(pairs.flat())
  if (common.length === 0) return null
  const [first, second] = ([0, 1] as const).map(side =>
    common.map(
      example =>
        count(
          pairs.map(pair => pair[side]),
          example,
        ) / pairs.length,
    ),
  )
  const { low, high } = pairedBootstrap(second!, first!, random)
  return { low, high }
}

function compareOnce(pairs: readonly Pair[]) {
  const common = commonExamples(pairs.flat())
  const n = common.length
  const first = pairs.map(pair => pair[0].verdicts)
  const second = pairs.map(pair => pair[1].verdicts)
  let [sum, squares, better, worse] = [0, 0, 0, 0]
  for (const example of common) {
    let d = 0
    for (let at = 0; at < pairs.length; at++) {
      if (first[at]![example] === RIGHT) d++
      if (second[at]![example] === RIGHT) d--
    }
    sum += d / pairs.length
    squares += (d / pairs.length) ** 2
    better += Number(d > 0)
    worse += Number(d < 0)
  }
  const centre = sum / (n + 2)
  const half = normalQuantile975 * Math.sqrt(((squares + 1) / (n + 2) - centre ** 2) / (n + 2))
  return {
    n,
    difference: n && sum / n,
    low: Math.max(-1, centre - half),
    high: Math.min(1, centre + half),
    p: mcnemar(better, worse),
    better,
    worse,
  }
}
