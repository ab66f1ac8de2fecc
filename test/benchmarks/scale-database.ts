/**
 * `node build/test/benchmarks/scale-database.js <folder> [--runs 500] [--examples 1000000] [--seed 0]`:
 * writes a made-up results database of that size into the folder, through the functions that store
 * real results, and says how long it took. Equal arguments give equal rows.
 */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { writeScaleDatabase } from './scale/write.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '500' },
    examples: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '0' },
  },
})
const [folder] = positionals
if (folder === undefined) throw new Error('missing folder: where is the database to be written?')

const file = join(folder, 'gauntlet.db')
const scale = {
  runs: Number(values.runs),
  examples: Number(values.examples),
  seed: Number(values.seed),
}
const started = performance.now()
const written = await writeScaleDatabase(file, scale)
const seconds = (performance.now() - started) / 1000
const megabytes = (await stat(file)).size / 1e6
console.log(
  `${file}: ${written.runs} runs, ${written.evaluations} evaluations of ${written.examplesEach} ` +
    `examples (${written.evaluations * written.examplesEach} rows), ${written.measurements} other ` +
    `measurements, ${written.jobs} jobs; ${seconds.toFixed(1)} s, ${megabytes.toFixed(0)} MB`,
)
