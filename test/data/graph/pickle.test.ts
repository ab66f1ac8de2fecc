import test from 'ava'
import { Made, readPickle } from '../../../src/data/graph/pickle.ts'
import { WorkError } from '../../../src/errors.ts'
import { array, integer, pickle, text } from './pickles.ts'

const read = (content: Buffer | string, allowed: readonly string[] = []) =>
  readPickle({ path: 'p', bytes: Buffer.from(content as string, 'latin1') }, allowed)

test('lists, dictionaries, tuples, numbers, strings and what was remembered', t => {
  // pickletools.dis: PROTO 2, dict {'a': [1, -2, 300], 'b': (None, True, <the list>)}
  const found = read(
    `\x80\x02}q\x00(U\x01a]q\x01(K\x01J\xfe\xff\xff\xffM\x2c\x01eU\x01bN\x88h\x01\x87u.`,
  )
  t.deepEqual(
    found,
    new Map([
      ['a', [1, -2, 300]],
      ['b', [null, true, [1, -2, 300]]],
    ] as never),
  )
})

test('an allowed global is named, not called', t => {
  const made = read('\x80\x02cm\nf\nK\x07\x85R.', ['m f'])
  t.true(made instanceof Made)
  t.deepEqual({ ...(made as Made) }, { global: 'm f', args: [7], state: null, items: new Map() })
})

test('everything else that could run something is refused where it stands', t => {
  const refused: readonly [string, string][] = [
    ['\x80\x02cos\nsystem\nU\x02ls\x85R.', 'global "os system" is not allowed at byte 2'],
    ['\x80\x02(cm\nf\nios\nsystem\n.', 'opcode "i" is not allowed at byte 8'],
    ['\x80\x02(cm\nf\no.', 'opcode "o" is not allowed at byte 8'],
    ['\x80\x02\x82\x01.', 'opcode "\x82" is not allowed at byte 2'],
    ['\x80\x02P1\n.', 'opcode "P" is not allowed at byte 2'],
    ['\x80\x04K\x01.', 'protocol 4, expected 2 at byte 0'],
  ]
  for (const [content, fault] of refused) {
    t.throws(() => read(content, ['m f']), {
      instanceOf: WorkError,
      message: `invalid data file: p: ${fault}`,
    })
  }
})

test('a pickle cut off anywhere, or with a byte too few on the stack, is one line', t => {
  const whole = pickle(Buffer.concat([array([2], 'i4', [1, 2])]))
  const allowed = ['numpy.core.multiarray _reconstruct', 'numpy ndarray', 'numpy dtype']
  t.notThrows(() => read(whole, allowed))
  for (let length = 0; length < whole.length; length++) {
    t.throws(() => read(whole.subarray(0, length), allowed), { instanceOf: WorkError })
  }
  for (const broken of [
    '.',
    'a.',
    ']a.',
    'K\x01e.',
    's.',
    'K\x01R.',
    'K\x01b.',
    'q\x01.',
    'h\x01.',
  ]) {
    t.throws(() => read(`\x80\x02${broken}`), { instanceOf: WorkError, message: /^[^\n]*$/ })
  }
  t.is(read(pickle(text('a'))), 'a')
  t.is(read(pickle(integer(-5))), -5)
})
