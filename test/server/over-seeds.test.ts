import test from 'ava'
import { type Judged, worstOf } from '../../server/robustness/judged.ts'
import { compare, tally } from '../../server/robustness/over-seeds.ts'
import { generator } from '../../src/random/generator.ts'
import { stream } from '../../src/random/stream.ts'
import { pairedBootstrap } from '../../src/statistics/bootstrap.ts'
import { studentTest, summarise } from '../../src/statistics/mean.ts'
import { pairedDifference } from '../../src/statistics/paired.ts'
import { wilson } from '../../src/statistics/wilson.ts'

function judged(seed: number, verdicts: string): Judged {
  const numbers = Uint8Array.from([...verdicts].map(letter => 'x01'.indexOf(letter)))
  return { seed, model: `m${seed}`, evaluation: null, verdicts: numbers }
}

const [first, second] = ['1101001110', '0101100010']

test('with one seed the interval is the plain Wilson interval', t => {
  const { low, high, n, correct } = tally([judged(0, first!)])
  t.deepEqual([n, correct], [10, 6])
  t.deepEqual({ low, high }, wilson(6, 10))
})

test('with one seed the difference is that of Agresti and Min, and McNemar’s test', t => {
  const { difference, low, high, p } = compare([[judged(0, first!), judged(0, second!)]])
  const expected = pairedDifference(1, 3, 10)
  t.deepEqual([difference, p], [expected.difference, expected.p])
  t.true(Math.abs(low - expected.low) < 1e-12 && Math.abs(high - expected.high) < 1e-12)
})

test('a seed that repeats another one adds no evidence', t => {
  const once = tally([judged(0, first!)])
  const twice = tally([judged(0, first!), judged(1, first!)])
  t.true(Math.abs(once.low - twice.low) < 1e-12 && Math.abs(once.high - twice.high) < 1e-12)
  const pair = [judged(0, first!), judged(0, second!)] as const
  const other = [judged(1, first!), judged(1, second!)] as const
  const [single, double] = [compare([pair]), compare([pair, other])]
  t.is(double.p, single.p)
  t.true(Math.abs(single.low - double.low) < 1e-12)
})

test('a seed that errs independently narrows the interval', t => {
  const random = generator(3, 'verdicts')
  const draw = () =>
    Array.from({ length: 400 }, () => (random.uniform() < 0.4 ? '1' : '0')).join('')
  const [one, other] = [draw(), draw()]
  const alone = tally([judged(0, one)])
  const both = tally([judged(0, one), judged(1, other)])
  const ratio = (both.high - both.low) / (alone.high - alone.low)
  t.true(ratio > 0.6 && ratio < 0.8, `${ratio}, expected about 1/√2`)
})

test('over seeds every trained pair is one value; a single one has no spread', t => {
  const pairs = [
    [judged(0, '1111100000'), judged(0, '1100000000')],
    [judged(1, '1111000000'), judged(1, '1110000000')],
    [judged(2, '1111111100'), judged(2, '1111100000')],
  ] as const
  const { overSeeds, difference } = compare(pairs)
  const values = [0.3, 0.1, 0.3]
  const { sd, low, high } = summarise(values)
  t.true(Math.abs(difference - 0.7 / 3) < 1e-12)
  for (const [got, wanted] of [
    [overSeeds!.sd, sd],
    [overSeeds!.low, low],
    [overSeeds!.high, high],
    [overSeeds!.p, studentTest(values)],
  ] as const) {
    t.true(Math.abs(got - wanted!) < 1e-12)
  }
  t.is(compare([pairs[0]]).overSeeds, null)
})

test('the bootstrap draws examples with the verdicts of all seeds, and only where it is asked', t => {
  const pairs = [
    [judged(0, '11011x0011'), judged(0, '0101100010')],
    [judged(1, '1111100111'), judged(1, '1101000010')],
  ] as const
  t.is(compare(pairs).bootstrap, null)
  const { low, high } = pairedBootstrap(
    [0.5, 1, 0, 1, 0.5, 0, 0, 1, 0],
    [1, 1, 0.5, 1, 1, 0, 0.5, 1, 1],
    stream(4, 'bootstrap'),
  )
  t.deepEqual(compare(pairs, stream(4, 'bootstrap')).bootstrap, { low, high })
})

test('only common examples are compared', t => {
  const { n, seeds } = tally([judged(0, '11x0'), judged(1, '1x00')])
  t.is(n, 2)
  t.deepEqual(
    seeds.map(seed => seed.n),
    [3, 3],
  )
  t.is(compare([[judged(0, '11xx'), judged(0, 'xx11')]]).n, 0)
})

test('the worst case is right only where every attack was withstood', t => {
  const worst = worstOf(['1101x', '0111x', '11011'].map(text => judged(0, text).verdicts))
  t.deepEqual([...worst], [...judged(0, '0101x').verdicts])
})
