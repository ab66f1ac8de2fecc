import test from 'ava'
import { readTexts, type TextLayout } from '../../../src/data/text/layouts.ts'
import { WorkError } from '../../../src/errors.ts'

const classes = ['A', 'B']

function read(layout: TextLayout, content: string | Buffer) {
  return readTexts({ path: 'file', bytes: Buffer.from(content as string) }, layout, classes)
}

test('AG News: quoted fields, doubled quotes, backslashes for line breaks, classes from 1', t => {
  const texts = read('ag-news', '"2","A ""title""","One\\two, three"\n"1","x\ny","z"\r\n"1",b,c')
  t.deepEqual(texts, [
    { text: 'A "title" One two, three', label: 1, line: 1 },
    { text: 'x\ny z', label: 0, line: 2 },
    { text: 'b c', label: 0, line: 4 },
  ])
})

test('text and label: classes from 0', t => {
  t.deepEqual(read('text-label', '"a, b",1\nplain,0\n'), [
    { text: 'a, b', label: 1, line: 1 },
    { text: 'plain', label: 0, line: 2 },
  ])
})

test('TREC: Latin-1, the coarse class counts', t => {
  const content = Buffer.from('B:x Qu\u00e9 ?\nA:y Who : me ?\n', 'latin1')
  t.deepEqual(
    read('trec', content).map(({ text, label }) => [text, label]),
    [
      ['Qu\u00e9 ?', 1],
      ['Who : me ?', 0],
    ],
  )
})

test('SST: a number, a space, a text', t => {
  t.deepEqual(read('sst', '1 good film\n0 bad\n'), [
    { text: 'good film', label: 1, line: 1 },
    { text: 'bad', label: 0, line: 2 },
  ])
})

const badUtf8 = Buffer.concat([Buffer.from('1 good\n1 caf'), Buffer.of(0xe9), Buffer.from('\n')])
const damaged: readonly [TextLayout, string | Buffer, fault: string][] = [
  ['ag-news', '"1","a","b"\n"1","a"\n', 'line 2: 2 columns, expected 3'],
  ['ag-news', '"1","a\nb","c"\n"3","a","b"\n', 'line 3: label 3, expected 1 to 2'],
  ['ag-news', '"1","a" x,"b"\n', 'line 1: expected a comma or the end after a field'],
  ['ag-news', '"1","a","b\n', 'line 1: expected a comma or the end after a field'],
  ['ag-news', '"1","a","b"\n\n', 'line 2: 1 columns, expected 3'],
  ['text-label', 'a,-1\n', 'line 1: label -1, expected 0 to 1'],
  ['text-label', 'a,\n', 'line 1: label , expected 0 to 1'],
  ['trec', 'A:x fine\nA fine\n', 'line 2: expected "CLASS:subclass question"'],
  ['trec', 'C:x fine\n', 'line 1: class C, expected A, B'],
  ['sst', '1 good\nbad\n', 'line 2: expected "NUMBER text"'],
  ['sst', '1 good\n2 bad\n', 'line 2: label 2, expected 0 to 1'],
  ['sst', badUtf8, 'line 2: invalid UTF-8'],
]

for (const [i, [layout, content, fault]] of damaged.entries()) {
  test(`damage ${i + 1}, ${layout}: ${fault}`, t => {
    t.throws(() => read(layout, content), {
      instanceOf: WorkError,
      message: `invalid data file: file: ${fault}`,
    })
  })
}

test('a quote that nothing closes is one line, however much follows it', t => {
  t.throws(() => read('text-label', `good,1\n"${'x, '.repeat(1e7)}`), {
    message: 'invalid data file: file: line 2: expected a comma or the end after a field',
  })
})
