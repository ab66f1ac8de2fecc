import { z } from 'zod'
import type { Victim } from '../../attacks/victim.ts'
import type { ImageDataset } from '../data/dataset.ts'
import { certify } from '../evaluation/smoothing/certify.ts'
import { smoothingSchema } from '../evaluation/smoothing/options.ts'
import type { CertifyConfig } from '../plans/smoothing.ts'
import { saveCertification } from '../store/results.ts'
import { nothingToSave, type Save } from './execute-job.ts'
import { imageVictim } from './image-victim.ts'
import { keptRows } from './kept-rows.ts'
import type { Workbench } from './workbench.ts'

const certificateSchema = z.strictObject({
  example: z.int().min(0),
  label: z.int().min(0),
  prediction: z.int().min(0).nullable(),
  radius: z.number().min(0),
  lower: z.number().min(0).max(1),
  seconds: z.number().min(0),
})

type TimedCertificate = z.output<typeof certificateSchema>

/** Certifies a model's smoothed classifier at its first test images. */
export async function certifyJob(
  bench: Workbench,
  id: string,
  config: CertifyConfig,
): Promise<Save> {
  const own = await imageVictim(bench, config.model)
  if (!own) return nothingToSave
  const keeper = await keptRows(bench.results.part(id), certificateSchema)
  const done = [...keeper.kept]
  for (let example = done.length; example < config.examples; example++) {
    done.push(certificateAt(own.victim, own.dataset, config, example))
    await keeper.keep(done)
    await bench.onProgress(done.length / config.examples)
  }
  const certification = {
    id,
    model_id: config.model,
    sigma: config.sigma,
    selection: config.selection,
    estimation: config.estimation,
    alpha: config.alpha,
    seed: config.seed,
    n: config.examples,
    seconds: done.reduce((sum, { seconds }) => sum + seconds, 0),
    environment_id: bench.environmentId,
    created_at: new Date().toISOString(),
  }
  const certificates = done.map(({ seconds: _, ...certificate }) => certificate)
  return async transaction => {
    await saveCertification(transaction, certification, certificates)
    await keeper.remove()
  }
}

function certificateAt(
  victim: Victim,
  { test }: ImageDataset,
  { sigma, selection, estimation, alpha, seed }: CertifyConfig,
  example: number,
): TimedCertificate {
  const started = performance.now()
  const size = test.images.length / test.count
  const x = test.images.subarray(example * size, (example + 1) * size)
  const options = smoothingSchema.parse({ sigma, selection, estimation, alpha })
  const found = certify(victim, x, options, seed, example)
  const seconds = (performance.now() - started) / 1000
  return { example, label: test.labels[example]!, ...found, seconds }
}
