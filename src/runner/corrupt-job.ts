import { z } from 'zod'
import { corruptionNames } from '../evaluation/corruptions/corrupt.ts'
import { severities } from '../evaluation/corruptions/corruption.ts'
import { rightClean, rightUnder } from '../evaluation/corruptions/right-under.ts'
import type { CorruptConfig } from '../plans/corruptions.ts'
import { encodeOutcomes } from '../store/outcome-codes.ts'
import { saveCorruptions } from '../store/results.ts'
import { nothingToSave, type Save } from './execute-job.ts'
import { imageVictim } from './image-victim.ts'
import { keptRows } from './kept-rows.ts'
import type { Workbench } from './workbench.ts'

const cellSchema = z.strictObject({
  corruption: z.enum(corruptionNames),
  severity: z.literal(severities),
  codes: z.string().regex(/^[1357]+$/),
})

/** Judges a model on its test images under every kind and severity of corruption. */
export async function corruptJob(
  bench: Workbench,
  id: string,
  { model, names, severities: levels, examples, seed }: CorruptConfig,
): Promise<Save> {
  const own = await imageVictim(bench, model)
  if (!own) return nothingToSave
  const { victim, dataset } = own
  const keeper = await keptRows(bench.results.part(id), cellSchema)
  const cells = [...keeper.kept]
  const clean = rightClean(victim, dataset, examples)
  const asked = names.flatMap(name => levels.map(severity => ({ name, severity })))
  for (const { name, severity } of asked.slice(cells.length)) {
    const progress = (share: number) => bench.onProgress((cells.length + share) / asked.length)
    const images = { name, severity, examples, seed }
    const right = await rightUnder(victim, dataset, images, progress)
    const codes = encodeOutcomes(clean.map((bit, at) => 1 + 2 * bit + 4 * right[at]!))
    cells.push({ corruption: name, severity, codes })
    await keeper.keep(cells)
  }
  const shared = {
    id,
    model_id: model,
    seed,
    n: examples,
    clean_correct: clean.reduce((sum, bit) => sum + bit, 0),
    environment_id: bench.environmentId,
    created_at: new Date().toISOString(),
  }
  const rows = cells.map(cell => ({
    ...shared,
    ...cell,
    correct: cell.codes.replace(/[13]/g, '').length,
  }))
  return async transaction => {
    await saveCorruptions(transaction, rows)
    await keeper.remove()
  }
}
