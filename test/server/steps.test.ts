import anyTest, { type ExecutionContext, type TestFn } from 'ava'
import { stepsSchema } from '../../server/schemas/gradients.ts'
import { type Served, serve } from './serve.ts'
import { stepResultsFile } from './step-fixture.ts'

const test = anyTest as TestFn<Served>

test.before(async t => {
  t.context = await serve(await stepResultsFile())
})
test.after.always(t => t.context.stop())

async function groups(t: ExecutionContext<Served>, dataset = 'echo') {
  return (await t.context.read(t, `/gradients/steps?dataset=${dataset}`, stepsSchema)).groups
}

const near = (found: number | null, expected: number) =>
  found !== null && Math.abs(found - expected) < 1e-9 * expected

test('a group an arm and number of copies; what tells it from others of its arm', async t => {
  const found = await groups(t)
  t.deepEqual(
    found.map(({ arm, copies, variant, models }) => [arm, copies, variant, models.length]),
    [
      ['bp', 32, 'K 32', 2],
      ['bp', 64, 'K 64', 1],
      ['lr-logit', 32, '', 2],
    ],
  )
  t.is(new Set(found.map(({ id }) => id)).size, 3)
  t.like(found[0], {
    architecture: 'elman',
    site: 'recurrent1',
    training: '4 epochs of 200 examples, batch 32',
    engine: 'wasm',
    sigma: 0.1,
    batch: 20,
    chance: 0.125,
  })
})

test('norms are geometric means over the models, with those of single ones', async t => {
  const [{ steps } = { steps: [] }] = await groups(t)
  t.deepEqual(
    steps.map(({ step }) => step),
    [0, 1, 2],
  )
  // √(10⁻³ · 10⁻⁵), √(0.1 · 0.4), √(2 · 8).
  t.true(near(steps[0]!.backprop.mean, 1e-4))
  t.true(near(steps[1]!.backprop.mean, 0.2))
  t.true(near(steps[2]!.estimate.mean, 4))
  t.deepEqual(steps[0]!.backprop.seeds, [1e-3, 1e-5])
  t.is(steps[0]!.backprop.n, 2)
})

test('what is below the noise is left out of the mean, and of its n', async t => {
  const [bp, , lr] = await groups(t)
  t.like(bp!.steps[0]!.signal, { n: 1, seeds: [null, 0.05] })
  t.true(near(bp!.steps[0]!.signal.mean, 0.05))
  t.deepEqual(lr!.steps[0]!.signal, { mean: null, n: 0, seeds: [null, null] })
})

test('of a model that was measured twice, the probe with more estimates counts', async t => {
  const [bp] = await groups(t)
  t.is(bp!.repeats, 10)
  t.deepEqual(
    bp!.models.map(({ probe }) => probe),
    ['elman-bp-0.32.10', 'elman-bp-1.32.10'],
  )
})

test('the accuracy without attack: of every model, and their mean', async t => {
  const [bp, , lr] = await groups(t)
  t.true(near(bp!.cleanAccuracy, 0.8))
  t.deepEqual(
    lr!.models.map(({ seed, pair, cleanAccuracy }) => [seed, pair, cleanAccuracy]),
    [
      [0, 'echo-elman-0', 0.95],
      [1, 'echo-elman-1', 0.5],
    ],
  )
})

test('a data set without recurrent networks has no groups', async t => {
  t.deepEqual(await groups(t, 'glyphs'), [])
})
