import { readFile, rm } from 'node:fs/promises'
import { z } from 'zod'
import { writeAtomically } from '../training/write-atomically.ts'

/** Rows that a job has made so far. */
export interface RowKeeper<Row> {
  /** Those of a job that was cut short; none at the start. */
  readonly kept: readonly Row[]
  /** Writes all rows so far, at most once a second. */
  keep(rows: readonly Row[]): Promise<void>
  remove(): Promise<void>
}

const pauseMilliseconds = 1000

/**
 * The rows of a job in a file that is removed in the end, so that a job that was cut short goes on
 * where it stopped. What is damaged counts as nothing.
 */
export async function keptRows<Row>(file: string, row: z.ZodType<Row>): Promise<RowKeeper<Row>> {
  const text = await readFile(file, 'utf8').catch(() => '[]')
  let written = performance.now()
  return {
    kept: parsed(text, z.array(row)),
    async keep(rows) {
      if (performance.now() - written < pauseMilliseconds) return
      await writeAtomically(file, Buffer.from(JSON.stringify(rows)))
      written = performance.now()
    },
    remove: () => rm(file, { force: true }),
  }
}

function parsed<Row>(text: string, rows: z.ZodType<Row[]>): Row[] {
  try {
    return rows.parse(JSON.parse(text))
  } catch {
    return []
  }
}
