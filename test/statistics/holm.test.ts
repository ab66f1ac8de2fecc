import test from 'ava'
import { holm } from '../../src/statistics/holm.ts'

const rounded = (values: readonly number[]) => values.map(value => Number(value.toFixed(10)))

test("adjusted p-values are those of Holm's steps, in the order given", t => {
  // By hand: 4 · .005, 3 · .01, 2 · .03, and .04 is raised to the value before it.
  t.deepEqual(rounded(holm([0.01, 0.04, 0.03, 0.005])), [0.03, 0.06, 0.06, 0.02])
  // R: p.adjust(c(.01, .02, .03, .04, .05), "holm")
  t.deepEqual(rounded(holm([0.01, 0.02, 0.03, 0.04, 0.05])), [0.05, 0.08, 0.09, 0.09, 0.09])
  t.deepEqual(holm([0.3]), [0.3])
  t.deepEqual(holm([]), [])
})

test('adjusted p-values end at 1, keep ties and never fall below the raw ones', t => {
  const p = [0.6, 0.2, 0.2, 0.9, 1e-9]
  const adjusted = holm(p)
  t.true(adjusted.every((value, at) => value >= p[at]! && value <= 1))
  t.is(adjusted[1], adjusted[2])
  t.is(adjusted[3], 1)
  t.true(Math.abs(adjusted[4]! - 5e-9) < 1e-20)
})

test('a number that is no probability is refused', t => {
  for (const p of [-0.1, 1.1, Number.NaN]) {
    t.throws(() => holm([0.5, p]), { instanceOf: RangeError, message: /^invalid p-value: / })
  }
})
