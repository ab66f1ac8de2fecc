import test from 'ava'
import type { StepGroup } from '../../server/schemas/gradients.ts'
import { accuracies, differences } from '../../web/steps/accuracy.ts'
import { chooseSteps } from '../../web/steps/choices.ts'
import { stepFinding } from '../../web/steps/finding.ts'
import { chanceLevel, stepPoints } from '../../web/steps/points.ts'

type Values = readonly (number | null)[]

/** A group of one model for each value of a step. */
function group(
  change: Partial<StepGroup>,
  steps: readonly { backprop: Values; estimate: Values; signal: Values }[],
): StepGroup {
  const norm = (seeds: Values) => {
    const found = seeds.filter(value => value !== null)
    const mean = Math.exp(found.reduce((sum, value) => sum + Math.log(value), 0) / found.length)
    return { mean: found.length > 0 ? mean : null, n: found.length, seeds: [...seeds] }
  }
  const arm = change.arm ?? 'bp'
  return {
    id: arm,
    architecture: 'elman',
    arm,
    site: 'recurrent1',
    variant: '',
    training: '4 epochs',
    engine: 'wasm',
    copies: 32,
    sigma: 0.1,
    repeats: 10,
    batch: 20,
    chance: 0.125,
    cleanAccuracy: 0.5,
    models: steps[0]!.backprop.map((_, seed) => ({
      id: `${arm}-${seed}`,
      seed,
      pair: `pair-${seed}`,
      probe: 'p',
      repeats: 10,
      cleanAccuracy: 0.5 + seed / 10,
    })),
    steps: steps.map(({ backprop, estimate, signal }, step) => ({
      step,
      backprop: norm(backprop),
      estimate: norm(estimate),
      signal: norm(signal),
    })),
    ...change,
  }
}

/** One model; backprop's norm falls tenfold a step, the estimate stays, what is shared is given. */
const falling = (signal: Values, backprop: readonly number[] = [0.001, 0.01, 0.1, 1]) =>
  group(
    {},
    signal.map((value, step) => ({
      backprop: [backprop[step]!],
      estimate: [2],
      signal: [value],
    })),
  )

const say = (one: StepGroup) => stepFinding([one], one)

test('as many of the smallest shared norms are noise as there are negative products', t => {
  const noisy = group({}, [
    { backprop: [1, 1], estimate: [2, 2], signal: [null, 0.03] },
    { backprop: [1, 1], estimate: [2, 2], signal: [0.05, null] },
    { backprop: [1, 1], estimate: [2, 2], signal: [0.04, 0.04] },
    { backprop: [1, 1], estimate: [2, 2], signal: [0.9, 1.1] },
  ])
  t.is(chanceLevel(noisy), 0.04)
  t.deepEqual(
    stepPoints(noisy).map(({ place, told }) => [place, told !== null]),
    [
      [1, false],
      [2, false],
      [3, false],
      [4, true],
    ],
  )
})

test('without a negative product everything is told; without a positive one nothing', t => {
  t.is(chanceLevel(falling([0.001, 0.01, 0.1, 1])), 0)
  t.true(stepPoints(falling([0.001, 0.01, 0.1, 1])).every(({ told }) => told !== null))
  const none = falling([null, null, null, null])
  t.is(chanceLevel(none), 0)
  t.deepEqual(
    stepPoints(none).map(({ told }) => told),
    [null, null, null, null],
  )
  t.is(chanceLevel(falling([null, null, null, 0.2])), 0.2)
})

test('a shared gradient that falls until noise hides it', t => {
  const { headline, numbers, verdict } = say(falling([null, 0.004, 0.11, 0.9]))
  t.is(headline, 'The likelihood ratio’s gradient falls with backprop’s, until noise hides it')
  t.is(verdict, 'undecided')
  t.is(
    numbers.replaceAll(/\s/g, ' '),
    'From the last of 4 steps to the first, backprop’s gradient falls by a factor of 1 000, from ' +
      '1.00 to 0.00100. One likelihood-ratio estimate (K = 32, σ = 0.1) keeps its size: it goes from ' +
      '2.00 to 2.00, but at the first step at least 99.9 % of its square is noise. What 10 estimates ' +
      'of a model share can be told from noise at 2 of 4 steps only (3 to 4): there it is 0.9 to 1.1 ' +
      'times backprop’s gradient, which changes by a factor of 10 over these steps (n = 1 model).',
  )
})

test('the headline follows the numbers', t => {
  const cases = [
    [falling([0.001, 0.01, 0.1, 1]), /vanishes with backprop’s$/],
    [falling([0.1, 0.2, 0.3, 1]), /vanishes less than backprop’s$/],
    [falling([0.0001, 0.001, 0.1, 1]), /is smaller than backprop’s$/],
    [falling([null, null, null, null]), /is lost in its noise$/],
    [falling([null, null, 0.1, 1]), /is lost in its noise$/],
    [falling([0.5, 0.6, 0.7, 1], [0.5, 0.6, 0.7, 1]), /does not vanish here$/],
    [falling([20, 6, 2, 1], [20, 6, 2, 1]), /it grows towards the first step$/],
  ] as const
  for (const [one, expected] of cases) t.regex(say(one).headline, expected)
})

test('a gradient that is exactly zero at the first step falls without bounds', t => {
  const { headline, numbers } = say(falling([null, 0.004, 0.11, 0.9], [0, 0.01, 0.1, 1]))
  t.regex(headline, /until noise hides it$/)
  t.regex(numbers, /by a factor of ∞, from 1\.00 to 0\./)
})

test('factors of single models stand behind their mean', t => {
  const two = group({}, [
    { backprop: [0.1, 0.001], estimate: [2, 2], signal: [0.1, 0.001] },
    { backprop: [1, 1], estimate: [2, 2], signal: [1, 1] },
  ])
  const { numbers, remarks } = say(two)
  t.regex(numbers, /a factor of 100 \(single models: 10 to 1\s000\)/)
  t.regex(numbers, /at every step: there it is 1 times/)
  t.false(remarks.some(remark => remark.startsWith('One model only')))
  t.true(say(falling([0.1, 1])).remarks.some(remark => remark.startsWith('One model only')))
})

test('what it buys: the accuracy of every arm, and the differences of twins', t => {
  const step = { backprop: [1, 1], estimate: [2, 2], signal: [1, 1] }
  const bp = group({}, [step, step])
  const models = bp.models.map(model => ({ ...model, id: `lr-${model.seed}`, cleanAccuracy: 0.55 }))
  const lr = group({ arm: 'lr-logit', models }, [step, step])
  const stranger = group({ arm: 'es', models: [{ ...models[0]!, id: 'x', pair: 'other' }] }, [step])
  const arms = accuracies([bp, lr, stranger], lr)
  t.deepEqual(
    arms.map(({ arm, accuracy }) => [arm, Number(accuracy.toFixed(9))]),
    [
      ['bp', 0.55],
      ['lr-logit', 0.55],
    ],
  )
  t.deepEqual(
    differences(arms[1]!, arms[0]!).map(value => Number(value.toFixed(9))),
    [0.05, -0.05],
  )
  const remarks = stepFinding([bp, lr, stranger], lr).remarks.map(text =>
    text.replaceAll(/\s/g, ' '),
  )
  t.deepEqual(remarks, [
    'Right without attack: backprop 55.0 % (50.0 %, 60.0 %); likelihood ratio 55.0 % (55.0 %, 55.0 %); by guessing 12.5 %.',
    'Trained with likelihood ratio, 1 of 2 models is more accurate than the backprop twin; the mean difference is 0.0 points.',
  ])
})

test('the address chooses; what does not exist falls back to what does', t => {
  const step = { backprop: [1], estimate: [2], signal: [1] }
  const groups = [
    group({ id: 'a', arm: 'lr-logit' }, [step]),
    group({ id: 'b' }, [step]),
    group({ id: 'c', copies: 64 }, [step]),
    group({ id: 'd', architecture: 'gru', arm: 'lr-logit' }, [step]),
  ]
  const chosen = (query: string) => chooseSteps(new URLSearchParams(query), groups).group.id
  t.is(chosen(''), 'b')
  t.is(chosen('steps-arm=lr-logit'), 'a')
  t.is(chosen('steps-models=c'), 'c')
  t.is(chosen('steps-network=gru&steps-arm=bp'), 'd')
  t.is(chosen('steps-network=lstm&steps-site=none'), 'b')
})
