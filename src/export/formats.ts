import { csvLine } from './csv.ts'
import { encodeNpzColumns } from './npz.ts'
import { encodeParquet } from './parquet.ts'
import type { ExportSource } from './source.ts'

/** A way to write rows into a file. */
export interface ExportFormat {
  readonly mediaType: string
  /** The file piece by piece. */
  readonly encode: (source: ExportSource) => AsyncIterable<string | Buffer>
  /** Whether the whole file has to be made in memory. */
  readonly whole: boolean
}

/** Names of the formats, which are also endings of files. */
export const formatNames = ['csv', 'json', 'parquet', 'npz'] as const
export type FormatName = (typeof formatNames)[number]

/** Every format by name. */
export const formats: Readonly<Record<FormatName, ExportFormat>> = {
  csv: { mediaType: 'text/csv; charset=utf-8', encode: encodeCsv, whole: false },
  json: { mediaType: 'application/json', encode: encodeJson, whole: false },
  parquet: {
    mediaType: 'application/vnd.apache.parquet',
    encode: encodeParquet,
    whole: false,
  },
  npz: { mediaType: 'application/x-npz', encode: encodeNpzColumns, whole: true },
}

async function* encodeCsv({ columns, batches }: ExportSource): AsyncGenerator<string> {
  const names = columns.map(column => column.name)
  yield csvLine(names)
  for await (const rows of batches()) {
    yield rows.map(row => csvLine(names.map(name => row[name] ?? null))).join('')
  }
}

/** An array of objects, one a line. */
async function* encodeJson({ batches }: ExportSource): AsyncGenerator<string> {
  let separator = '[\n'
  for await (const rows of batches()) {
    yield separator + rows.map(row => JSON.stringify(row)).join(',\n')
    separator = ',\n'
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n'
}
