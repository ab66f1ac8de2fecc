import type { AttackRow, Quantiles } from '../../server/schemas/attacks.ts'
import type { Column } from '../columns.ts'
import * as format from '../format.ts'
import { optionsName, type ShownAttacks } from './shown.ts'

/** Which attack and which models a row is about. */
export const identity = ({ names }: ShownAttacks): readonly Column<AttackRow>[] => [
  { header: 'Attack', value: optionsName },
  { header: 'Model', value: row => names.get(row.group)! },
]

/** The success rate with its intervals and counts. */
export const successColumns: readonly Column<AttackRow>[] = [
  {
    header: 'Success',
    unit: 'share of what is right without attack',
    value: ({ success }) => success?.rate ?? null,
    text: ({ success }) => format.percent(success?.rate ?? null),
    numeric: true,
  },
  {
    header: '95 % low',
    unit: 'share, Wilson',
    value: ({ success }) => success?.low ?? null,
    exportOnly: true,
  },
  {
    header: '95 % high',
    unit: 'share, Wilson',
    value: ({ success }) => success?.high ?? null,
    exportOnly: true,
  },
  {
    header: '95 % interval',
    value: ({ success }) => format.percentInterval(success?.low ?? null, success?.high ?? null),
    numeric: true,
  },
  {
    header: '95 % low over seeds',
    unit: "share, Student's t",
    value: ({ overSeeds }) => overSeeds?.low ?? null,
    exportOnly: true,
  },
  {
    header: '95 % high over seeds',
    unit: "share, Student's t",
    value: ({ overSeeds }) => overSeeds?.high ?? null,
    exportOnly: true,
  },
  {
    header: '95 % over seeds',
    value: ({ overSeeds }) =>
      format.percentInterval(overSeeds?.low ?? null, overSeeds?.high ?? null),
    numeric: true,
  },
  counted('Broken', row => row.successful),
  counted('Withstood', row => row.failed),
  counted('Wrong anyway', row => row.skipped),
  {
    header: 'By seed',
    unit: 'percent',
    value: ({ perSeed }) =>
      perSeed.map(one => `${one.seed}: ${(one.rate * 100).toFixed(1)}`).join('; '),
  },
]

/** What an example costs. */
export const costColumns: readonly Column<AttackRow>[] = [
  real('Calls, mean', 'model calls an example', row => row.queries?.mean ?? null),
  real('Calls, median', 'model calls an example', row => row.queries?.median ?? null),
  real('Seconds', 's an example', row => row.secondsPerExample),
]

/** A distribution over examples. */
export function quantileColumns(
  unit: string,
  of: (row: AttackRow) => Quantiles | null,
): readonly Column<AttackRow>[] {
  const names = [
    ['Mean', 'mean'],
    ['10 %', 'p10'],
    ['25 %', 'p25'],
    ['Median', 'median'],
    ['75 %', 'p75'],
    ['90 %', 'p90'],
  ] as const
  return [
    ...names.map(([header, name]) => real(header, unit, row => of(row)?.[name] ?? null)),
    counted('n', row => of(row)?.n ?? 0),
  ]
}

function counted(header: string, value: (row: AttackRow) => number): Column<AttackRow> {
  const text = (row: AttackRow) => format.count(value(row))
  return { header, unit: 'examples, all models', value, text, numeric: true }
}

function real(
  header: string,
  unit: string,
  value: (row: AttackRow) => number | null,
): Column<AttackRow> {
  return { header, unit, value, text: row => format.real(value(row)), numeric: true }
}
