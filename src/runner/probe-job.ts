import type { ProbeConfig } from '../plans/job-config.ts'
import { isDifferentiable } from '../probes/differentiable.ts'
import { probeGradients, type SiteProbe } from '../probes/gradient-probe.ts'
import type { Reference } from '../probes/moments.ts'
import { type SmoothedRequest, smoothedGradients } from '../probes/smoothed-gradient.ts'
import { stepNorms } from '../probes/step-norms.ts'
import { canonicalJson } from '../store/canonical-json.ts'
import { saveProbe } from '../store/results.ts'
import { createEstimator } from '../training/estimators/create-estimator.ts'
import { atSite } from '../training/estimators/smoothing.ts'
import { lossOf } from '../training/loss.ts'
import { disposeBatch, type Progress } from '../training/train.ts'
import { nothingToSave, type Save } from './execute-job.ts'
import type { LoadedModel, Workbench } from './workbench.ts'

/** Measures how an estimator's gradients of a trained model compare to backprop's. */
export async function probeJob(bench: Workbench, id: string, config: ProbeConfig): Promise<Save> {
  const { estimator, batch: size, repeats, seed, reference } = config
  const model = await bench.model(config.model)
  if (!model) return nothingToSave
  const batch = (await bench.task(model.config.data)).first(size)
  const { architecture, training } = model.config
  const loss = lossOf(training.loss)
  const request = { network: model.network, parameters: model.parameters, batch, loss, seed }
  const withSteps = config.steps && estimator.name === 'lr-logit'
  const phases = 1 + (reference ? 1 : 0) + (withSteps ? 1 : 0)
  const during = (phase: number): Progress => {
    return share => bench.onProgress((phase + share) / phases)
  }
  const smoothed =
    reference &&
    (await smoothedOf(model, {
      ...request,
      options: estimator,
      differentiable: isDifferentiable(architecture, training.loss),
      copies: reference.copies,
      onProgress: during(0),
    }))
  const probes = await probeGradients({
    ...request,
    estimator: counted => createEstimator(estimator, counted),
    repeats,
    ...(smoothed && { smoothed }),
    onProgress: during(reference ? 1 : 0),
  })
  const steps = withSteps
    ? await stepNorms({
        ...request,
        estimator: { ...estimator, inject: 'logit' },
        repeats: 2 * Math.ceil(repeats / 2),
        onProgress: during(phases - 1),
      })
    : []
  disposeBatch(batch)
  const shared = {
    id,
    model_id: config.model,
    estimator: estimator.name,
    estimator_config: canonicalJson(estimator),
    repeats,
    batch: size,
    depth: probes.length,
    width: widthOf(model),
    reference_copies: reference?.copies ?? null,
    environment_id: bench.environmentId,
  }
  const rows = probes.map(probe => ({
    ...shared,
    copies: atSite(estimator.copies, probe.site),
    sigma: atSite(estimator.sigma, probe.site),
    ...measuresOf(probe),
  }))
  const stepRows = steps.map(({ site, step, backprop, estimate, signal }) => ({
    probe_id: id,
    site: site.name,
    step,
    backprop_norm: backprop,
    estimate_norm: estimate,
    signal_norm: signal,
  }))
  return transaction => saveProbe(transaction, rows, stepRows)
}

/** The architecture's own width where it has one, else the most units of a site before the last. */
function widthOf({ config: { architecture }, network }: LoadedModel): number | null {
  if ('width' in architecture) return architecture.width
  const units = network.sites.slice(0, -1).map(({ shape }) => shape.at(-1)!)
  return units.length > 0 ? Math.max(...units) : null
}

function measuresOf({ site, clean, smoothed, ...probe }: SiteProbe) {
  return {
    site: site.name,
    site_index: site.index,
    site_kind: site.kind,
    parameters: probe.parameters,
    variance: probe.variance,
    relative_variance: probe.relativeVariance,
    reference_norm: clean.norm,
    cosine_mean: clean.cosineMean,
    cosine_sd: clean.cosineSd,
    cosine_of_mean: clean.cosineOfMean,
    bias_clean: clean.bias,
    bias_clean_resolution: clean.biasResolution,
    smoothed_norm: smoothed?.norm ?? null,
    cosine_smoothed: smoothed?.cosineMean ?? null,
    bias_smoothed: smoothed?.bias ?? null,
    bias_smoothed_resolution: smoothed?.biasResolution ?? null,
    milliseconds: probe.milliseconds,
    forwards: probe.forwards,
    variance_time: probe.varianceTime,
  }
}

/** Smoothed gradients of the models at hand: those of a sweep over copies have one in common. */
const known = new WeakMap<LoadedModel, Map<string, Promise<readonly Reference[]>>>()

function smoothedOf(model: LoadedModel, request: SmoothedRequest): Promise<readonly Reference[]> {
  const { options, batch, copies, seed } = request
  const noise = { ...options.noise, sequence: 'random' }
  const key = canonicalJson({ ...options, noise, copies, seed, batch: batch.x.shape[0]! })
  const own = known.get(model) ?? new Map<string, Promise<readonly Reference[]>>()
  known.set(model, own)
  const found = own.get(key) ?? smoothedGradients(request)
  own.set(key, found)
  return found
}
