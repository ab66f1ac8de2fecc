import test from 'ava'
import * as format from '../../web/format.ts'

const plain = (text: string) => text.replaceAll('\u202f', ' ')

test('shares read as percentages with one digit', t => {
  t.is(plain(format.percent(0.12)), '12.0 %')
  t.is(plain(format.percent(1)), '100.0 %')
  t.is(format.percent(null), '–')
  t.is(format.percentInterval(0.0914, 0.156), '[9.1, 15.6]')
  t.is(format.percentInterval(-0.082, -0.016), '[−8.2, −1.6]')
  t.is(format.percentInterval(null, null), '–')
})

test('a title begins with a capital letter, but a symbol stays what it is', t => {
  t.is(format.capital('likelihood ratio'), 'Likelihood ratio')
  t.is(format.capital('σ of the noise'), 'σ of the noise')
  t.is(format.capital(''), '')
})

test('differences always have a sign, except nothing', t => {
  t.is(format.points(0.018), '+1.8')
  t.is(format.points(-0.05), '−5.0')
  t.is(format.points(-0.0001), '0.0')
})

test('p-values do not pretend to be zero', t => {
  t.is(format.pValue(1e-12), 'p < 0.001')
  t.is(format.pValue(0.0312), 'p = 0.031')
  t.is(format.pValue(0.447), 'p = 0.45')
  t.is(format.pValue(1), 'p = 1.00')
})

test('counts have groups of three', t => {
  t.is(plain(format.count(1234567)), '1 234 567')
  t.is(format.count(999), '999')
})

test('real numbers have three digits, without a false zero', t => {
  t.is(format.real(0.012345), '0.0123')
  t.is(format.real(-2), '−2.00')
  t.is(format.real(1234.5), '1235')
  t.is(format.real(1.234e-7), '1.23e−7')
  t.is(format.real(0), '0')
  t.is(format.real(null), '–')
})

test('epsilon loses the digits of binary floats', t => {
  t.is(format.epsilon(0.1 + 0.2), '0.3')
  t.is(format.epsilon(8 / 255), '0.0314')
})

test('durations are in units that fit', t => {
  t.deepEqual([0.349, 12.34, 245, 7800].map(format.duration).map(plain), [
    '0.35 s',
    '12.3 s',
    '4 min 05 s',
    '2 h 10 min',
  ])
})

test('times are in UTC, ages in words', t => {
  t.is(format.time('2026-11-23T19:53:12.123+01:00'), '2026-11-23 18:53 UTC')
  const now = Date.parse('2026-11-23T12:00:00Z')
  t.is(format.ago('2026-11-23T08:59:00Z', now), '3 hours ago')
  t.is(format.ago('2026-11-22T11:00:00Z', now), '1 day ago')
  t.is(format.ago('2026-11-23T12:00:00Z', now), 'just now')
})

test('ticks of a logarithmic axis are short at any size', t => {
  t.deepEqual([1, 20, 0.005, 5e-6, 2e4].map(format.power), ['1', '20', '0.005', '5e−6', '2e4'])
  t.deepEqual([0.934, 3.26, 178, 41_234, 1.6e7, 2e-9, 1 / 0].map(format.factor), [
    '0.93',
    '3.3',
    '180',
    '41\u202f000',
    '10^7.2',
    '10^−8.7',
    '∞',
  ])
})
