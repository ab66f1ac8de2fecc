import { tf } from '../engine/tf.ts'
import type { ProbeConfig } from '../plans/job-config.ts'
import { probeGradients } from '../probes/gradient-probe.ts'
import { saveProbe } from '../store/results.ts'
import { pick } from '../training/batches.ts'
import { createEstimator } from '../training/estimators/create-estimator.ts'
import { atSite } from '../training/estimators/smoothing.ts'
import { lossOf } from '../training/loss.ts'
import { nothingToSave, type Save } from './execute-job.ts'
import type { Workbench } from './workbench.ts'

/** Measures how an estimator's gradients of a trained model compare to backprop's. */
export async function probeJob(
  bench: Workbench,
  id: string,
  { model: modelId, estimator, batch: size, repeats, seed }: ProbeConfig,
): Promise<Save> {
  const model = await bench.model(modelId)
  if (!model) return nothingToSave
  const dataset = await bench.dataset(model.config.data)
  const examples = Array.from({ length: size }, (_, at) => at)
  const batch = pick(dataset.train, dataset.shape, dataset.classes.length, examples)
  const loss = lossOf(model.config.training.loss)
  const probes = await probeGradients({
    network: model.network,
    parameters: model.parameters,
    batch,
    estimator: counted => createEstimator(estimator, counted),
    loss,
    repeats,
    seed,
    onProgress: bench.onProgress,
  })
  tf.dispose([batch.x, batch.labels])
  const rows = probes.map(probe => ({
    id,
    model_id: modelId,
    site: probe.site.name,
    site_index: probe.site.index,
    site_kind: probe.site.kind,
    estimator: estimator.name,
    copies: atSite(estimator.copies, probe.site),
    sigma: atSite(estimator.sigma, probe.site),
    repeats,
    batch: size,
    parameters: probe.parameters,
    reference_norm: probe.clean.norm,
    variance: probe.variance,
    relative_variance: probe.relativeVariance,
    cosine_mean: probe.clean.cosineMean,
    cosine_sd: probe.clean.cosineSd,
    cosine_of_mean: probe.clean.cosineOfMean,
    milliseconds: probe.milliseconds,
    environment_id: bench.environmentId,
  }))
  return transaction => saveProbe(transaction, rows)
}
