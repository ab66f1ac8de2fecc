import test from 'ava'
import { canonicalJson } from '../../src/store/canonical-json.ts'

test('equal values give equal text, whatever the order of their keys', t => {
  const text = '{"a":[{"x":1,"y":null},"ä\\n"],"b":-0.5,"c":true}'
  t.is(canonicalJson({ c: true, b: -0.5, a: [{ y: null, x: 1 }, 'ä\n'], none: undefined }), text)
  t.deepEqual(canonicalJson(JSON.parse(text)), text)
})

test('what JSON would change without a word is refused', t => {
  const wrong = [Number.NaN, Number.POSITIVE_INFINITY, 1n, new Date(0), new Map(), [undefined]]
  for (const value of wrong) {
    t.throws(() => canonicalJson({ value }), { message: /^invalid JSON value: / })
  }
})
