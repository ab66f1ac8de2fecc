import { UsageError } from '../errors.ts'
import { encodeNpz, type NumpyTexts, type StoredArray } from '../own-models/npz.ts'
import type { ExportColumn, ExportSource } from './source.ts'

/** A ZIP archive without extensions counts its bytes in 32 bits. */
const mostBytes = 2 ** 32 - 1

/**
 * Rows as a NumPy archive of one array a column: int64 and float64, and texts of fixed width. Null is
 * NaN (a column of integers with nulls becomes float64) and an empty text.
 *
 * @throws UsageError if the archive would be larger than the format allows
 */
export async function* encodeNpzColumns(source: ExportSource): AsyncGenerator<Buffer> {
  const { count, columns } = source
  const size = columns.reduce((sum, column) => sum + count * bytesOf(column), 0)
  if (size > mostBytes) {
    throw new UsageError(
      'invalid format: these rows are more than an npz archive holds; choose parquet, or filter',
    )
  }
  const arrays = columns.map(column => emptyArray(column, count))
  let at = 0
  for await (const batch of source.batches()) {
    for (const row of batch) {
      for (const [index, array] of arrays.entries())
        array.set(at, row[columns[index]!.name] ?? null)
      at++
    }
  }
  yield encodeNpz(
    Object.fromEntries(columns.map(({ name }, index) => [name, arrays[index]!.content])),
  )
}

interface FillingArray {
  readonly content: StoredArray
  readonly set: (at: number, value: string | number | null) => void
}

function emptyArray({ type, nullable, longest }: ExportColumn, count: number): FillingArray {
  if (type === 'text') {
    const width = Math.max(1, longest)
    const content: NumpyTexts = { shape: [count], width, values: new Uint32Array(count * width) }
    const set = (at: number, value: string | number | null) => {
      content.values.set(codePoints(value).slice(0, width), at * width)
    }
    return { content, set }
  }
  if (type === 'integer' && !nullable) {
    const values = new BigInt64Array(count)
    const set = (at: number, value: string | number | null) => {
      values[at] = BigInt(value!)
    }
    return { content: { shape: [count], values }, set }
  }
  const values = new Float64Array(count)
  const set = (at: number, value: string | number | null) => {
    values[at] = value === null ? Number.NaN : Number(value)
  }
  return { content: { shape: [count], values }, set }
}

function codePoints(value: string | number | null): number[] {
  return Array.from(String(value ?? ''), character => character.codePointAt(0)!)
}

function bytesOf({ type, longest }: ExportColumn): number {
  return type === 'text' ? 4 * Math.max(1, longest) : 8
}
