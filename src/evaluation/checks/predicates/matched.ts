import { clopperPearson } from '../../../statistics/clopper-pearson.ts'
import { mcnemar } from '../../../statistics/paired.ts'
import { wilson } from '../../../statistics/wilson.ts'
import { measured, notApplicable, notMeasured, percent } from '../answers.ts'
import type { Answer, MatchedModel, Predicate, Subject, TrainingKnown } from '../check.ts'
import {
  attackEvaluations,
  cleanAccuracy,
  cleanEvaluation,
  evaluationOf,
  robustAccuracy,
  robustExamples,
  whiteBox,
  worstCase,
} from '../compare.ts'

const notTrainedHere = 'The model was not trained here.'

/** Clean accuracies further apart than this are not compared as they are. */
const cleanGap = 0.01

const noisyControl = 'bp-noise'

/** Models that are compared differ in one thing. */
export const matchedModels: Predicate = {
  number: 29,
  name: 'matched-models',
  title: 'Compared models differ in how they were trained alone',
  meaning: 'report',
  essential: false,
  run(subject) {
    const { training, matched } = subject
    const clean = cleanEvaluation(subject)
    if (!training) return [notApplicable(notTrainedHere)]
    if (matched.length === 0 || !clean) return [notMeasured('There is no model to compare with.')]
    const accuracy = cleanAccuracy(clean.outcomes)
    return [
      noiseAlone(training, matched),
      ...matched
        .filter(twin => twin.seed === training.seed)
        .map(twin => comparable(training, twin, accuracy)),
    ]
  },
}

/** Whether noise alone, without likelihood-ratio gradients, was tried. */
function noiseAlone(training: TrainingKnown, matched: readonly MatchedModel[]): Answer {
  const arms = [training, ...matched].map(({ arm }) => arm)
  const present = arms.includes(noisyControl)
  return measured({
    part: 'noise alone',
    passed: present,
    value: present ? 1 : 0,
    threshold: 1,
    detail: `There is ${present ? 'a' : 'no'} model trained by backpropagation with noise.`,
  })
}

function comparable(training: TrainingKnown, twin: MatchedModel, accuracy: number): Answer {
  const differing = (['architecture', 'seed', 'epochs'] as const).filter(
    name => training[name] !== twin[name],
  )
  const value = Math.abs(accuracy - twin.cleanAccuracy)
  const differs = differing.length > 0 ? `differs in ${differing.join(', ')}` : 'is trained alike'
  return measured({
    part: twin.model,
    passed: differing.length === 0 && value <= cleanGap,
    value,
    threshold: cleanGap,
    detail: `${twin.arm} ${differs}; clean accuracy ${percent(accuracy)} against ${percent(twin.cleanAccuracy)}: compare robust over clean accuracy where these differ.`,
  })
}

/** So many examples need no interval to be believed. */
const manyExamples = 1000

/** Half of an interval of a share that says something. */
const narrow = 0.1

/** So many seeds show how much chance there is in training. */
const enoughSeeds = 5

/** Numbers come with what chance may add to them. */
export const confidence: Predicate = {
  number: 31,
  name: 'confidence',
  title: 'Numbers have intervals, differences are paired and repeated',
  meaning: 'report',
  essential: false,
  run: subject => [interval(subject), ...differences(subject)],
}

function interval(subject: Subject): Answer {
  const part = 'interval'
  const evaluations = whiteBox(subject).length > 0 ? whiteBox(subject) : attackEvaluations(subject)
  const [first] = evaluations
  if (!first) return notMeasured('There is no attack.', part)
  const n = first.outcomes.length
  const robust = worstCase(evaluations).size
  const exact = clopperPearson(robust, n)
  const score = wilson(robust, n)
  const value = (exact.high - exact.low) / 2
  return measured({
    part,
    passed: n >= manyExamples || value <= narrow,
    value,
    threshold: narrow,
    detail: `${percent(robust / n)} of ${n} examples withstand; 95 % interval ${percent(exact.low)} to ${percent(exact.high)} (Clopper-Pearson), ${percent(score.low)} to ${percent(score.high)} (Wilson).`,
    evaluations,
  })
}

/** One answer for every other arm, over the examples that both models met. */
function differences(subject: Subject): Answer[] {
  const { training, matched } = subject
  if (!training) return [notApplicable(notTrainedHere, 'difference')]
  const others = [...new Set(matched.map(({ arm }) => arm))].filter(arm => arm !== training.arm)
  if (others.length === 0) return [notMeasured('There is no other arm.', 'difference')]
  return others.map(arm => difference(subject, training, arm))
}

function difference(subject: Subject, { seed, arm: own }: TrainingKnown, arm: string): Answer {
  const models = subject.matched.filter(model => model.arm === arm)
  const seeds = new Set(models.map(model => model.seed))
  const ownSeeds = new Set([seed, ...subject.matched.filter(m => m.arm === own).map(m => m.seed)])
  const shared = [...seeds].filter(candidate => ownSeeds.has(candidate)).length
  const twin = models.find(model => model.seed === seed)
  const pairs = whiteBox(subject).flatMap(one => {
    const other = twin && evaluationOf(twin, one)
    return other ? [{ one, other }] : []
  })
  const [pair] = pairs
  const compared = pair
    ? `under ${pair.one.attack.name} ${percent(robustAccuracy(pair.one.outcomes))} against ${percent(robustAccuracy(pair.other.outcomes))}, McNemar p = ${pValue(pair).toPrecision(2)}`
    : 'no attack that both met'
  return measured({
    part: arm,
    passed: shared >= enoughSeeds && pair !== undefined,
    value: shared,
    threshold: enoughSeeds,
    detail: `Against ${arm} there are ${shared} seeds; ${compared}.`,
    evaluations: pair ? [pair.one, pair.other] : [],
  })
}

function pValue({ one, other }: Record<'one' | 'other', Parameters<typeof worstCase>[0][number]>) {
  const [a, b] = [robustExamples(one.outcomes), robustExamples(other.outcomes)]
  const alone = (left: Set<number>, right: Set<number>) =>
    [...left].filter(e => !right.has(e)).length
  return mcnemar(alone(a, b), alone(b, a))
}
