import test from 'ava'
import type { Column } from '../../web/columns.ts'
import { toCsv, toJson } from '../../web/csv.ts'

interface Row {
  readonly name: string
  readonly value: number | null
}

const columns: readonly Column<Row>[] = [
  { header: 'Name', value: row => row.name },
  { header: 'Difference', unit: 'share', value: row => row.value, text: () => 'rounded' },
  { header: '95 % low', unit: 'share', value: () => 0.1, exportOnly: true },
]

test('a header with units, raw values, one line a row', t => {
  const csv = toCsv(columns, [{ name: 'a', value: -0.123456789 }])
  t.is(csv, 'Name,Difference (share),95 % low (share)\r\na,-0.123456789,0.1\r\n')
})

test('texts that a spreadsheet would run are defused, numbers are left alone', t => {
  for (const name of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1']) {
    const [, line] = toCsv(columns, [{ name, value: -1 }]).split('\r\n')
    t.true(line!.startsWith(`'${name}`), line)
    t.true(line!.endsWith(',-1,0.1'))
  }
})

test('commas, quotes and line ends are quoted', t => {
  const [, line] = toCsv(columns, [{ name: 'a "b", c', value: null }]).split('\r\n')
  t.is(line, '"a ""b"", c",,0.1')
})

test('JSON has the same columns', t => {
  t.deepEqual(JSON.parse(toJson(columns, [{ name: '=a', value: null }])), [
    { Name: '=a', 'Difference (share)': null, '95 % low (share)': 0.1 },
  ])
})
