import test, { type ExecutionContext } from 'ava'
import { attackSchema } from '../../../attacks/create-attack.ts'
import type { Victim } from '../../../attacks/victim.ts'
import { tf } from '../../../src/engine/tf.ts'
import type { Outcome } from '../../../src/evaluation/attack-model.ts'
import { type Aim, type Aims, aimsOf } from '../../../src/evaluation/checks/battery.ts'
import type {
  Answer,
  CheckEvaluation,
  MatchedModel,
  Subject,
} from '../../../src/evaluation/checks/check.ts'
import { evaluationOf } from '../../../src/evaluation/checks/compare.ts'
import { measureOf } from '../../../src/evaluation/checks/measure.ts'
import { predicates } from '../../../src/evaluation/checks/predicates.ts'
import { differentiableVictim } from '../../../src/evaluation/differentiable-victim.ts'
import { stream } from '../../../src/random/stream.ts'
import { leavesNoTensors, useEngine } from '../../with-engine.ts'
import { honestLinear, quantised } from './planted.ts'
import { settings, subjectOf } from './subject.ts'

useEngine()

/** An honest subject, whose parts are then spoilt one by one. */
let honest: Subject
let aims: Aims

test.serial.before(async () => {
  honest = await subjectOf(honestLinear())
  aims = aimsOf(honest, settings)
})

type Part = Partial<Subject>

/**
 * The honest subject with one thing changed, by the predicate and the part of it that must fail; an
 * empty name stands for whichever part there is.
 */
const spoilt: Readonly<Record<string, Readonly<Record<string, () => Part>>>> = {
  'clean-accuracy': {
    stored: () =>
      outcomesOf([aims.reference], o => ({ ...o, cleanPrediction: (o.label + 1) % 10 })),
    'radius zero': () => outcomesOf([], withstood, o => ({ ...o, cleanPrediction: 11 })),
  },
  'iterative-vs-single-step': { '': () => outcomesOf([aims.reference], withstood) },
  'monotone-in-epsilon': {
    '': () => outcomesOf([aims.byRadius.at(-1)!], withstood),
    'falls somewhere': () => outcomesOf(aims.byRadius, withstood, withstood),
  },
  'unbounded-success': { '': () => outcomesOf([aims.unbounded], withstood) },
  'white-vs-black': { square: () => outcomesOf([aims.black], broken) },
  'white-vs-transfer': {
    '': () => {
      const found = evaluationOf(honest, aims.manyStarts)!
      const craftedOn = { model: 'other', arm: 'bp', architecture: 'mlp', seed: 1 }
      const transfer = { ...found, id: 'transfer', craftedOn, outcomes: found.outcomes.map(broken) }
      return { evaluations: [...honest.evaluations, transfer] }
    },
  },
  'random-noise': { '': () => outcomesOf([aims.random], broken) },
  convergence: { '': () => outcomesOf([aims.twiceTheSteps], broken) },
  restarts: { '': () => outcomesOf([aims.manyStarts], broken) },
  'step-size': {
    '0.25 of the step': () => outcomesOf(aims.stepSizes.slice(0, 1), broken),
    '2 of the step': () => outcomesOf(aims.stepSizes.slice(-1), broken),
  },
  'zero-gradients': {
    ce: () => ({ victim: withGradient(gradient => tf.zerosLike(gradient)) }),
    margin: () => ({ victim: withGradient(gradient => tf.div(gradient, 0)) }),
    dlr: () => ({ victim: withGradient(gradient => tf.mul(gradient, NaN)) }),
  },
  'loss-switch': {
    margin: () => outcomesOf([aims.reference], withstood),
    dlr: () => outcomesOf([aims.reference], withstood),
  },
  'logit-scale': {
    ce: () => ({ victim: changed(logits => tf.mul(logits, 1e4)) }),
    margin: () => ({ victim: deafToSmallLosses() }),
  },
  'outputs-are-logits': { '': () => ({ victim: changed(logits => tf.softmax(logits)) }) },
  determinism: { '': () => ({ victim: rarelySloped() }) },
  'frozen-randomness': {
    '': () => ({
      victim: rarelySloped(),
      frozen: withGradient(gradient => tf.zerosLike(gradient)),
    }),
  },
  'expectation-over-noise': {
    'one draw': () => ({ victim: rarelySloped() }),
    'twice the draws': () => ({ victim: rarelySloped(41, 50) }),
  },
  'undefended-control': {
    '': () => ({
      training: { ...trained, arm: 'lr-logit', hasSpikes: true },
      matched: [{ ...twin, evaluations: evaluationsWith([aims.reference], withstood) }],
    }),
  },
  surrogates: {
    '': () => ({
      surrogates: { a: honest.victim, b: honest.victim, c: honest.victim },
      evaluations: honest.evaluations.map(e => ({ ...e, outcomes: e.outcomes.map(withstood) })),
    }),
  },
  'targeted-and-untargeted': {
    '': () => ({
      evaluations: honest.evaluations.filter(
        ({ attack }) => !attack || !('targets' in attack) || attack.targets === 0,
      ),
    }),
  },
  'threat-model': {
    '': () => {
      const found = evaluationOf(honest, aims.reference)!
      const moved = found.adversarial!.map(value => (value < 0.5 ? value + 0.1 : value))
      return { evaluations: [{ ...found, adversarial: moved }] }
    },
  },
  reverified: { '': () => outcomesOf([aims.reference], flipped) },
  'evaluation-mode': {
    gradient: () => ({
      victim: { ...honest.victim, logits: changed(logits => tf.square(logits)).logits },
    }),
    batch: () => ({ victim: changed(logits => tf.mul(logits, tf.sub(logits, tf.mean(logits)))) }),
  },
  'known-weak-models': { quantised: () => ({ victim: quantised(honest.victim.logits) }) },
  binarisation: { '': () => ({ victim: withGradient(gradient => tf.neg(gradient)) }) },
  'attack-failure-indicators': {
    'silent success': () => ({ victim: sloped(at => (at % 20 < 10 ? 1 : -1)), ...onlyLast() }),
    'break-point angle': () => ({ victim: sloped(at => (at % 4 === 0 ? 1 : 0)) }),
    'falling loss': () => ({ victim: withGradient(gradient => tf.neg(gradient)) }),
    'zero gradients': () => ({ victim: sloped(at => (at % 20 === 7 ? 0 : 1)) }),
  },
  'gradient-alignment': {
    'finite differences': () => ({ victim: withGradient(gradient => tf.neg(gradient)) }),
    'estimated gradients': () => ({
      evaluations: honest.evaluations.map(e => ({ ...e, outcomes: e.outcomes.map(withstood) })),
    }),
  },
  provenance: { '': () => ({ provenance: { ...honest.provenance, code: null } }) },
  'matched-models': {
    'noise alone': () => ({ training: trained, matched: [twin] }),
    twin: () => ({ training: trained, matched: [{ ...twin, epochs: 9 }] }),
  },
  headline: { '': () => ({ headline: { ...honest.headline!, robustAccuracy: 0.5 } }) },
  confidence: {
    interval: () => ({}),
    'lr-logit': () => ({ training: trained, matched: [{ ...twin, arm: 'lr-logit' }] }),
  },
  'natural-changes': {
    kinds: () => ({ victim: offGrid() }),
    'rising noise': () => ({ victim: offGrid() }),
  },
  'more-than-fgsm': {
    '': () => ({
      evaluations: honest.evaluations.filter(({ attack }) => !attack || attack.name === 'fgsm'),
    }),
  },
}

const trained = {
  arm: 'bp',
  architecture: 'mlp',
  seed: 1,
  epochs: 1,
  noiseAtTraining: false,
  hasSpikes: false,
}

const twin: MatchedModel = { ...trained, model: 'twin', cleanAccuracy: 0.65, evaluations: [] }

const withstood = (outcome: Outcome): Outcome => ({ ...outcome, ...right(outcome), success: false })
const broken = (outcome: Outcome): Outcome => ({ ...outcome, ...right(outcome), success: true })
const right = ({ label }: Outcome) => ({ cleanPrediction: label })
const flipped = (outcome: Outcome): Outcome => ({
  ...outcome,
  adversarialPrediction: (outcome.adversarialPrediction + 1) % 10,
})

/** The honest evaluations with the outcomes of some, and perhaps of the clean one, changed. */
function evaluationsWith(
  chosen: readonly Aim[],
  change: Change,
  ofClean: Change = outcome => outcome,
): CheckEvaluation[] {
  const ids = new Set(chosen.map(aim => evaluationOf(honest, aim)!.id))
  return honest.evaluations.map(evaluation => {
    const own = evaluation.attack ? ids.has(evaluation.id) && change : ofClean
    return own ? { ...evaluation, outcomes: evaluation.outcomes.map(own) } : evaluation
  })
}

type Change = (outcome: Outcome) => Outcome

const outcomesOf = (...changes: Parameters<typeof evaluationsWith>): Part => ({
  evaluations: evaluationsWith(...changes),
})

/** The honest evaluations and one of an attack that hands back its last iterate. */
function onlyLast(): Part {
  const found = evaluationOf(honest, aims.reference)!
  const attack = attackSchema.parse({ ...found.attack, iterate: 'last' })
  return { evaluations: [...honest.evaluations, { ...found, id: 'last', attack }] }
}

/** The honest model with other scores. */
const changed = (change: (logits: tf.Tensor2D) => tf.Tensor2D): Victim =>
  differentiableVictim(x => change(honest.victim.logits(x)), honest.victim)

/** The honest model with another gradient than its own. */
const withGradient = (change: (gradient: tf.Tensor) => tf.Tensor): Victim => ({
  ...honest.victim,
  lossGradient(x, loss) {
    const { gradient, ...rest } = honest.victim.lossGradient!(x, loss)
    const other = change(gradient)
    gradient.dispose()
    return { ...rest, gradient: other }
  },
})

/** The honest model whose gradient is multiplied with a number for each pass. */
function sloped(factor: (pass: number) => number): Victim {
  let passes = 0
  return withGradient(gradient => tf.mul(gradient, factor(passes++)))
}

/** The honest model, whose gradient is lost where losses are small. */
const deafToSmallLosses = (): Victim => ({
  ...honest.victim,
  lossGradient(x, loss) {
    const { gradient, ...rest } = honest.victim.lossGradient!(x, loss)
    const heard = tf.tidy(() => tf.div(tf.round(tf.mul(gradient, 10)), 10))
    gradient.dispose()
    return { ...rest, gradient: heard }
  },
})

/** A little noise in the scores, and a gradient that points down but for one pass in `period`. */
function rarelySloped(period = 4, weight = 9): Victim {
  let passes = 0
  const noisyLogits = (x: tf.Tensor) =>
    tf.tidy(() => {
      const logits = honest.victim.logits(x)
      const noise = stream(1, 'rarely sloped', passes++).normals(new Float32Array(logits.size))
      return tf.add<tf.Tensor2D>(logits, tf.mul(tf.tensor2d(noise, logits.shape), 0.01))
    })
  const victim = sloped(at => (at % period === 0 ? weight : -1))
  return { ...victim, logits: noisyLogits }
}

/** Takes everything whose values are not those of a file for one class. */
const offGrid = (): Victim =>
  differentiableVictim(x => {
    const scaled = tf.mul(tf.reshape(x, [x.shape[0]!, -1]), 255)
    const distance = tf.sum(tf.abs(tf.sub(scaled, tf.round(scaled))), 1, true)
    const first = tf.oneHot(tf.zeros([x.shape[0]!], 'int32'), 10)
    const doubt = tf.mul(tf.relu(tf.sub(distance, 0.1)), first)
    return tf.add<tf.Tensor2D>(honest.victim.logits(x), tf.mul(doubt, 1e4))
  }, honest.victim)

async function answersOf(name: string, part: Part, t: ExecutionContext): Promise<Answer[]> {
  const predicate = predicates.find(candidate => candidate.name === name)
  t.truthy(predicate, `there is no predicate ${name}`)
  const subject = { ...honest, ...part }
  return predicate!.run(subject, measureOf(subject, settings))
}

const failed = (answers: readonly Answer[]) =>
  answers.filter(({ verdict }) => verdict === 'failed').map(({ part }) => part)

for (const [name, parts] of Object.entries(spoilt)) {
  for (const [part, spoil] of Object.entries(parts)) {
    test.serial(
      `${name} ${part} fails where something is wrong`,
      leavesNoTensors(async t => {
        const found = failed(await answersOf(name, spoil(), t))
        t.true(part === '' ? found.length > 0 : found.includes(part), `failed: ${found}`)
      }),
    )
  }
}

test.serial('nothing fails on an honest model but what few examples cannot show', async t => {
  for (const { name } of predicates) {
    const expected = name === 'confidence' ? ['interval'] : []
    t.deepEqual(failed(await answersOf(name, {}, t)), expected, name)
  }
})

test('there are 33 predicates in the order of their numbers', t => {
  t.deepEqual(
    predicates.map(({ number }) => number),
    Array.from({ length: 33 }, (_, at) => at + 1),
  )
  t.deepEqual(predicates.map(({ name }) => name).sort(), Object.keys(spoilt).sort())
})

test.serial('twins that fall and training that is alike pass', async t => {
  const fallen = { ...twin, evaluations: evaluationsWith([aims.reference], broken) }
  const training = { ...trained, arm: 'lr-logit', hasSpikes: true }
  const control = await answersOf('undefended-control', { training, matched: [fallen] }, t)
  t.is(control[0]!.verdict, 'passed')
  const matched = [twin, { ...twin, model: 'noisy', arm: 'bp-noise' }]
  const alike = await answersOf('matched-models', { training: trained, matched }, t)
  t.deepEqual(
    alike.map(({ verdict }) => verdict),
    ['passed', 'passed', 'passed'],
  )
})
