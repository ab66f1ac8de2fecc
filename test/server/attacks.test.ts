import anyTest, { type TestFn } from 'ava'
import { attackBy } from '../../attacks/approach.ts'
import { attackSchema } from '../../attacks/create-attack.ts'
import { partsOf } from '../../server/attacks/parts.ts'
import { successRate } from '../../server/attacks/success-rate.ts'
import { attacksSchema, convergenceSchema } from '../../server/schemas/attacks.ts'
import { wilson } from '../../src/statistics/wilson.ts'
import { openStore } from '../../src/store/store.ts'
import { type Served, serve } from './serve.ts'
import { transferFile } from './transfer-fixture.ts'

const test = anyTest as TestFn<Served>

test.before(async t => {
  t.context = await serve(await transferFile())
})
test.after.always(t => t.context.stop())

const path = '/attacks?dataset=tiny&architecture=linear'

test('attacks have success rates, costs and sizes of changes, white-box alone', async t => {
  const data = await t.context.read(t, path, attacksSchema)
  t.deepEqual(data.chosen, { norm: 'linf', epsilon: 0.1 })
  t.deepEqual(data.epsilons, [0.05, 0.1])
  const arm = new Map(data.groups.map(group => [group.id, group.arm]))
  t.deepEqual(
    data.rows.map(row => [
      `${row.attack} ${row.variant}`.trim(),
      arm.get(row.group),
      [row.evaluations, row.n, row.successful, row.failed, row.skipped],
    ]),
    [
      ['autoattack', 'bp', [1, 10, 7, 1, 2]],
      ['pgd steps 4', 'bp', [2, 20, 12, 5, 3]],
      ['pgd steps 4', 'lr-logit', [2, 20, 0, 18, 2]],
      ['pgd steps 2', 'bp', [1, 10, 2, 6, 2]],
    ],
  )
  const [composed, pgd, , weak] = data.rows
  t.is(pgd!.success!.rate, 12 / 17)
  t.deepEqual(
    pgd!.perSeed.map(({ seed, rate }) => [seed, rate]),
    [
      [0, 6 / 8],
      [1, 6 / 9],
    ],
  )
  t.deepEqual(weak!.success, { rate: 1 / 4, ...wilson(2, 8) })
  // Calls are 10 + example: 10 to 17 of the eight that are right, and 10 to 18 of the nine.
  const calls = [10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15, 16, 16, 17, 17, 18]
  t.like(pgd!.queries, { n: 17, median: 14, p25: 12, p75: 16 })
  t.true(Math.abs(pgd!.queries!.mean - calls.reduce((a, b) => a + b) / 17) < 1e-12)
  // Broken are 6 and 7 by the weak one; their L2 norms are 0.6 and 0.7.
  t.true(Math.abs(weak!.changes.l2!.median - 0.65) < 1e-12)
  t.is(weak!.changes.words, null)
  t.is(pgd!.secondsPerExample, 0.2)
  t.deepEqual(
    composed!.parts.map(({ part, broken, left, low, high }) => [part, broken, left, low, high]),
    [
      ['apgd-ce', 5, 3],
      ['apgd-t', 0, 3],
      ['fab-t', 0, 3],
      ['square', 2, 1],
    ].map(([part, broken, left]) => {
      const { low, high } = wilson(left as number, 10)
      return [part, broken, (left as number) / 10, low, high]
    }),
  )
  t.deepEqual(pgd!.parts, [])
})

test('a radius that was not tried has no rows', async t => {
  const data = await t.context.read(t, `${path}&epsilon=0.7`, attacksSchema)
  t.deepEqual([data.rows, data.chosen], [[], { norm: 'linf', epsilon: 0.7 }])
})

test('models that are broken at the same examples count as one in the interval', t => {
  const [judged, clean, robust] = [1, 2, 4]
  const one = Uint8Array.from(
    [7, 7, 3, 3, 3, 1, 7, 3].map(bits => bits & (judged + clean + robust)),
  )
  const alone = successRate([one])
  t.deepEqual(alone.success, { rate: 4 / 7, ...wilson(4, 7) })
  t.deepEqual([alone.n, alone.skipped], [8, 1])
  const twice = successRate([one, one])
  t.is(twice.successful, 8)
  t.true(Math.abs(twice.success!.low - alone.success!.low) < 1e-12)
  const apart = Uint8Array.from([3, 3, 7, 7, 7, 1, 3, 7])
  const width = ({ success }: ReturnType<typeof successRate>) => success!.high - success!.low
  t.true(width(successRate([one, apart])) < width(alone), 'more evidence, a narrower one')
  t.is(successRate([Uint8Array.from([1, 1])]).success, null)
})

test('the parts of an attack are those that it runs', t => {
  const given = [
    [{ name: 'autoattack' }, {}],
    [{ name: 'autoattack', version: 'rand' }, {}],
    [{ name: 'autoattack' }, { surrogates: ['atan', 'triangular'] }],
    [{ name: 'pgd' }, { surrogates: ['atan', 'fast-sigmoid'] }],
    [{ name: 'pgd' }, {}],
  ] as const
  for (const [asked, approach] of given) {
    const options = attackSchema.parse(asked)
    const stored = JSON.stringify({ ...options, ...approach })
    t.deepEqual(partsOf(stored), [...(attackBy(options, 0.1, approach).parts ?? [])])
  }
})

test('convergence has a curve an arm, means over seeds, and what has not converged', async t => {
  const data = await t.context.read(
    t,
    '/attacks/convergence?dataset=tiny&architecture=linear',
    convergenceSchema,
  )
  t.deepEqual(
    data.attacks.map(one => [one.attack, one.variant, one.evaluations]),
    [['pgd', 'steps 4', 3]],
  )
  t.deepEqual(data.withoutIterations, ['autoattack', 'pgd'])
  const [bp, lr] = data.curves
  t.like(bp, { part: 'pgd', position: 0, lossName: 'ce', drawn: false })
  t.deepEqual(
    bp!.points.map(({ iteration, accuracy, loss, n }) => [iteration, accuracy.toFixed(6), loss, n]),
    [
      [1, '0.850000', 0.6, 10],
      [2, '0.600000', 1.1, 10],
      [4, '0.250000', 1.5, 10],
    ],
  )
  // One model: Wilson, and no interval of the loss.
  t.like(lr!.points[2], { accuracy: 0.9, ...wilson(9, 10), loss: 0.5, lossLow: null })
  // Seed 0 loses six of ten examples in the second half, seed 1 one: within the tolerance.
  t.is(bp!.unconverged.length, 1)
  t.like(bp!.unconverged[0], { seed: 0, iteration: 2, before: 0.8, after: 0.2 })
  t.deepEqual(lr!.unconverged, [])
})

test('a graph that is drawn in the end is not judged with the relaxed ones before it', async t => {
  const file = await transferFile()
  const store = await openStore(file)
  await store
    .updateTable('evaluation')
    .set({ attack: 'pgd-topology' })
    .where('attack', '=', 'pgd')
    .execute()
  await store.destroy()
  const served = await serve(file)
  t.teardown(served.stop)
  const path = '/attacks/convergence?dataset=tiny&architecture=linear'
  const { curves } = await served.read(t, path, convergenceSchema)
  t.true(curves.every(({ drawn }) => drawn))
  t.is(curves[0]!.points.at(-1)!.iteration, 4)
  // Of three points the first is held against the second: what the last one broke was drawn.
  for (const { iteration } of curves.flatMap(({ unconverged }) => unconverged)) t.is(iteration, 1)
  t.false(curves[0]!.unconverged.some(({ seed }) => seed === 0))
})
