import anyTest, { type TestFn } from 'ava'
import { runDetailSchema } from '../../server/schemas/runs.ts'
import { wilson } from '../../src/statistics/wilson.ts'
import { certificateTexts, corruptionCounts, corruptionSeverities } from './natural-fixture.ts'
import { type Served, serve } from './serve.ts'

const test = anyTest as TestFn<Served>

test.before(async t => {
  t.context = await serve()
})
test.after.always(t => t.context.stop())

test('a run has its corruptions with their intervals, kind by kind', async t => {
  const { corruptions } = await t.context.read(t, '/runs/lenet-lr-logit-0', runDetailSchema)
  const expected = Object.keys(corruptionCounts)
    .sort()
    .flatMap(corruption =>
      corruptionCounts[corruption]!.map((correct, at) => ({
        job: 'corrupt-1',
        corruption,
        severity: corruptionSeverities[at]!,
        seed: 0,
        n: 120,
        cleanAccuracy: 0.9,
        accuracy: correct / 120,
        ...wilson(correct, 120),
      })),
    )
  t.deepEqual(corruptions, expected)
})

test('a run has its certified accuracy, up to the first radius that no example reaches', async t => {
  const { certified } = await t.context.read(t, '/runs/lenet-lr-logit-0', runDetailSchema)
  t.deepEqual(
    certified.map(({ radius, certified }) => [radius, certified]),
    [
      [0, 5],
      [0.25, 4],
      [0.5, 3],
      [0.75, 1],
      [1, 0],
    ],
  )
  const n = certificateTexts.length
  for (const row of certified) {
    t.like(row, { certification: 'certify-1', sigma: 0.25, n, abstained: 2, alpha: 0.001 })
    t.like(row, { selection: 100, estimation: 1000, seconds: 9, accuracy: row.certified / n })
    const { low, high } = wilson(row.certified, n)
    t.true(Math.abs(row.low - low) < 1e-12 && Math.abs(row.high - high) < 1e-12)
  }
})

test('a run that was neither corrupted nor certified has none', async t => {
  const detail = await t.context.read(t, '/runs/lenet-bp-0', runDetailSchema)
  t.deepEqual([detail.corruptions, detail.certified], [[], []])
})
