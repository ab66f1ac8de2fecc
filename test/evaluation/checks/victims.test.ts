import test from 'ava'
import type { Subject, Verdict } from '../../../src/evaluation/checks/check.ts'
import { predicates } from '../../../src/evaluation/checks/predicates.ts'
import { runChecks } from '../../../src/evaluation/checks/run-checks.ts'
import { differentiableVictim } from '../../../src/evaluation/differentiable-victim.ts'
import { leavesNoTensors, useEngine } from '../../with-engine.ts'
import {
  adversariallyTrained,
  frozenNoise,
  honestLinear,
  noisy,
  planted,
  probabilities,
  quantised,
  saturated,
  shattered,
  spiking,
  undefended,
} from './planted.ts'
import { type Known, settings, subjectOf } from './subject.ts'

useEngine()

/** Names of the predicates of masking and validity that failed, and of the others. */
interface Expected {
  readonly verdict: Verdict['verdict']
  readonly failed: readonly string[]
}

/** A report says what readers must know and decides nothing: it depends on the few examples. */
const decides = new Set(
  predicates.filter(({ meaning }) => meaning !== 'report').map(({ name }) => name),
)

const judged = (title: string, subject: () => Promise<Subject>, expected: Expected) =>
  test.serial(
    title,
    leavesNoTensors(async t => {
      const { findings, verdict } = await runChecks(await subject(), settings)
      const failed = findings.filter(finding => finding.verdict === 'failed')
      const names = new Set(failed.map(({ check }) => check).filter(name => decides.has(name)))
      t.deepEqual([...names], [...expected.failed])
      t.is(verdict.verdict, expected.verdict)
      const reasons =
        expected.verdict === 'real' ? 1 : failed.filter(f => decides.has(f.check)).length
      t.is(verdict.reasons.length, reasons)
    }),
  )

const surrogates = ['atan', 'fast-sigmoid', 'triangular'] as const

/** The perceptron without defence is trained once: others are made from it. */
const model = lazily(undefended)
const spikes = lazily(spiking)

function lazily<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** Also met with the examples of the perceptron without defence. */
const met = (): Known => ({
  source: differentiableVictim(model(), {
    classes: planted.classes.length,
    inputShape: planted.shape,
  }),
})

const throughSurrogates = (): Partial<Subject> => ({
  surrogates: Object.fromEntries(surrogates.map(name => [name, spikes()(name)])),
})

judged('softmax regression is as weak as it looks', () => subjectOf(honestLinear(), met()), {
  verdict: 'real',
  failed: [],
})

judged('adversarial training is real', () => subjectOf(adversariallyTrained(), met()), {
  verdict: 'real',
  failed: [],
})

judged(
  'spikes attacked through a surrogate are as weak as they look',
  () => subjectOf(spikes()('atan'), { extra: throughSurrogates() }),
  { verdict: 'real', failed: [] },
)

judged('quantised inputs mask', () => subjectOf(quantised(model()), met()), {
  verdict: 'masked',
  failed: [
    'unbounded-success',
    'white-vs-black',
    'white-vs-transfer',
    'random-noise',
    'zero-gradients',
    'known-weak-models',
    'binarisation',
    'attack-failure-indicators',
    'gradient-alignment',
  ],
})

judged('saturated logits mask', () => subjectOf(saturated(model()), met()), {
  verdict: 'masked',
  failed: [
    'monotone-in-epsilon',
    'unbounded-success',
    'zero-gradients',
    'loss-switch',
    'logit-scale',
    'known-weak-models',
    'attack-failure-indicators',
  ],
})

judged('saturated probabilities mask', () => subjectOf(probabilities(model()), met()), {
  verdict: 'masked',
  failed: [
    'white-vs-transfer',
    'zero-gradients',
    'outputs-are-logits',
    'binarisation',
    'attack-failure-indicators',
    'gradient-alignment',
  ],
})

judged('a ripple that shatters gradients masks', () => subjectOf(shattered(model()), met()), {
  verdict: 'masked',
  failed: [
    'monotone-in-epsilon',
    'white-vs-black',
    'white-vs-transfer',
    'convergence',
    'step-size',
    'binarisation',
    'attack-failure-indicators',
  ],
})

judged('the derivative of a step masks', () => subjectOf(spikes()('heaviside')), {
  verdict: 'masked',
  failed: [
    'white-vs-black',
    'random-noise',
    'zero-gradients',
    'binarisation',
    'attack-failure-indicators',
    'gradient-alignment',
  ],
})

judged(
  'the derivative of a step masks what surrogates see',
  () => subjectOf(spikes()('heaviside'), { extra: throughSurrogates() }),
  {
    verdict: 'masked',
    failed: [
      'white-vs-black',
      'random-noise',
      'zero-gradients',
      'surrogates',
      'binarisation',
      'attack-failure-indicators',
      'gradient-alignment',
    ],
  },
)

// Attacks that stop at their first success stop where chance gave them one: more steps and more
// room find less than a single step, so the number is an artefact, and passes do not agree.
judged(
  'noise in every pass masks from attacks that do not average over it',
  () =>
    subjectOf(noisy(model(), 0.2), {
      ...met(),
      randomised: true,
      extra: { frozen: frozenNoise(model(), 0.2) },
    }),
  {
    verdict: 'masked',
    failed: [
      'clean-accuracy',
      'iterative-vs-single-step',
      'determinism',
      'reverified',
      'binarisation',
      'attack-failure-indicators',
    ],
  },
)
