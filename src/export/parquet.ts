import {
  type BasicType,
  ByteWriter,
  type ColumnSource,
  ParquetWriter,
  schemaFromColumnData,
} from 'hyparquet-writer'
import type { ExportColumn, ExportRow, ExportSource } from './source.ts'

/** Rows that are compressed together. */
const groupRows = 20_000

const types: Readonly<Record<ExportColumn['type'], BasicType>> = {
  integer: 'INT64',
  real: 'DOUBLE',
  text: 'STRING',
}

/** Rows as a Parquet file, one group of rows at a time; every column may be null. */
export async function* encodeParquet({ columns, batches }: ExportSource): AsyncGenerator<Buffer> {
  const bytes = new ByteWriter()
  const schema = schemaFromColumnData({ columnData: columnData(columns, []) })
  const writer = new ParquetWriter({ writer: bytes, schema, createdBy: 'gauntlet' })
  let group: ExportRow[] = []
  for await (const batch of batches()) {
    group.push(...batch)
    if (group.length < groupRows) continue
    await writer.write({ columnData: columnData(columns, group), rowGroupSize: groupRows })
    yield taken(bytes)
    group = []
  }
  if (group.length > 0) {
    await writer.write({ columnData: columnData(columns, group), rowGroupSize: groupRows })
  }
  await writer.finish()
  yield taken(bytes)
}

function columnData(columns: readonly ExportColumn[], rows: readonly ExportRow[]): ColumnSource[] {
  return columns.map(({ name, type }) => ({
    name,
    type: types[type],
    data: rows.map(row => {
      const value = row[name] ?? null
      if (value === null) return null
      if (type === 'text') return String(value)
      return type === 'integer' ? BigInt(value) : value
    }),
  }))
}

/** What was written since the last time; the writer goes on counting from the file's beginning. */
function taken(writer: ByteWriter): Buffer {
  const bytes = Buffer.from(writer.getBytes())
  writer.index = 0
  return bytes
}
