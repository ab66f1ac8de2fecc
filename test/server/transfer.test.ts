import anyTest, { type TestFn } from 'ava'
import { transferSchema } from '../../server/schemas/transfer.ts'
import { wilson } from '../../src/statistics/wilson.ts'
import { type Served, serve } from './serve.ts'
import { transferFile } from './transfer-fixture.ts'

const test = anyTest as TestFn<Served>

test.before(async t => {
  t.context = await serve(await transferFile())
})
test.after.always(t => t.context.stop())

const near = (a: number, b: number) => Math.abs(a - b) < 1e-12

test('a matrix holds the accuracy of each target on the examples of each source', async t => {
  const data = await t.context.read(t, '/transfer?dataset=tiny', transferSchema)
  const name = new Map(
    [...data.sources, ...data.targets].map(group => [
      group.id,
      `${group.architecture} ${group.members ? group.members.map(one => one.arm).join('+') : group.arm}`,
    ]),
  )
  t.like(data.chosen, { norm: 'linf', attack: 'pgd', epsilon: 0.1, seeds: 'same' })
  t.deepEqual(
    [data.attacks, data.epsilons],
    [
      ['autoattack', 'pgd'],
      [0.05, 0.1],
    ],
  )
  t.deepEqual(
    data.cells.map(cell => [
      name.get(cell.target),
      name.get(cell.source),
      cell.whiteBox,
      cell.accuracy,
      cell.perSeed.map(one => one.accuracy),
    ]),
    [
      ['linear bp', 'linear bp', true, 0.25, [0.2, 0.3]],
      ['linear bp', 'linear lr-logit', false, 0.45, [0.4, 0.5]],
      ['linear lr-logit', 'linear bp', false, 0.1, [0.1, 0.1]],
      ['linear lr-logit', 'linear lr-logit', true, 0.9, [0.9, 0.9]],
      ['mlp bp', 'ensemble bp+lr-logit', false, 0.3, [0.3]],
    ],
  )
  const last = data.cells.at(-1)!
  const { low, high } = wilson(3, 10)
  t.true(near(last.low, low) && near(last.high, high))
  t.is(last.overSeeds, null)
  const [, two] = data.cells
  // Over two seeds: 0.45 ± 12.706 · 0.0707 / √2, cut at 0 and 1.
  t.deepEqual([two!.overSeeds!.low, two!.overSeeds!.high], [0, 1])
  t.true(Math.abs(two!.overSeeds!.sd - Math.SQRT1_2 / 10) < 1e-12)
  t.deepEqual(
    data.clean.map(one => [name.get(one.target), one.accuracy, one.n]),
    [
      ['linear bp', 0.85, 10],
      ['linear lr-logit', 0.9, 10],
      ['mlp bp', 0.9, 10],
    ],
  )
})

test('transfer is compared with white-box on the same models, and flagged where it does more', async t => {
  const { gaps, flags, best } = await t.context.read(t, '/transfer?dataset=tiny', transferSchema)
  t.deepEqual(
    gaps.map(({ difference, p, holm, n, seeds }) => [
      ...[difference, p, holm].map(value => value.toFixed(5)),
      ...[n, seeds],
    ]),
    [
      // Three examples better, none worse; eight worse, none better; two tests in all: 2 / 2⁸.
      ['0.20000', '0.25000', '0.25000', 10, [0, 1]],
      ['-0.80000', '0.00781', '0.01562', 10, [0, 1]],
    ],
  )
  // Agresti-Min of one cluster an example: Σd = −8, Σd² = 8, two examples added.
  const centre = -8 / 12
  const half = 1.959963984540054 * Math.sqrt((9 / 12 - centre ** 2) / 12)
  t.true(near(gaps[1]!.low, Math.max(-1, centre - half)) && near(gaps[1]!.high, centre + half))
  t.is(flags.length, 1)
  t.like(flags[0], { kind: 'black-box-beats-white-box', attack: 'pgd', epsilon: 0.1 })
  t.regex(flags[0]!.message, /crafted on linear bp fool linear lr-logit/)
  t.deepEqual(
    best.map(({ accuracy, next }) => [accuracy, next]),
    [
      [0.45, null],
      [0.1, null],
      [0.3, null],
    ],
  )
})

test('seeds, options and architecture narrow what counts', async t => {
  const read = (query: string) =>
    t.context.read(t, `/transfer?dataset=tiny&${query}`, transferSchema)
  const other = await read('seeds=other')
  const between = other.cells.filter(cell => !cell.whiteBox)
  t.deepEqual(
    between.map(cell => [cell.source === cell.target, cell.accuracy]),
    [[true, 0.6]],
  )
  t.is(other.gaps[0]!.difference.toFixed(6), '0.300000')
  const { cells, sources } = await read('seeds=all')
  t.is(cells.filter(cell => cell.source === cell.target && !cell.whiteBox).length, 1)
  t.is(sources.length, 3)
  const [first, second] = (await read('architecture=linear')).options
  t.deepEqual([first!.variant, second!.variant], ['steps 4', 'steps 2'])
  const weak = await read(`options=${second!.id}`)
  t.deepEqual(
    weak.cells.map(cell => cell.accuracy),
    [0.6],
  )
  t.is((await read('architecture=mlp')).cells.length, 0)
  t.is((await read('epsilon=0.7')).cells.length, 0)
  t.is((await t.context.get('/api/v1/transfer?dataset=tiny&seeds=some')).status, 400)
})
