import { z } from 'zod'
import { correctClean, correctUnder } from '../evaluation/corruptions/correct-under.ts'
import { corruptionNames } from '../evaluation/corruptions/corrupt.ts'
import { severities } from '../evaluation/corruptions/corruption.ts'
import type { CorruptConfig } from '../plans/corruptions.ts'
import { saveCorruptions } from '../store/results.ts'
import { nothingToSave, type Save } from './execute-job.ts'
import { imageVictim } from './image-victim.ts'
import { keptRows } from './kept-rows.ts'
import type { Workbench } from './workbench.ts'

const cellSchema = z.strictObject({
  corruption: z.enum(corruptionNames),
  severity: z.literal(severities),
  correct: z.int().min(0),
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
  const asked = names.flatMap(name => levels.map(severity => ({ name, severity })))
  for (const { name, severity } of asked.slice(cells.length)) {
    const progress = (share: number) => bench.onProgress((cells.length + share) / asked.length)
    const images = { name, severity, examples, seed }
    const correct = await correctUnder(victim, dataset, images, progress)
    cells.push({ corruption: name, severity, correct })
    await keeper.keep(cells)
  }
  const shared = {
    id,
    model_id: model,
    seed,
    n: examples,
    clean_correct: correctClean(victim, dataset, examples),
    environment_id: bench.environmentId,
    created_at: new Date().toISOString(),
  }
  const rows = cells.map(cell => ({ ...shared, ...cell }))
  return async transaction => {
    await saveCorruptions(transaction, rows)
    await keeper.remove()
  }
}
