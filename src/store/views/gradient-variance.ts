import type { View } from './view.ts'

/** One row of `v_gradient_variance`. */
export interface GradientVarianceView {
  readonly probe_id: string
  readonly dataset: string
  readonly architecture: string
  readonly depth: number | null
  readonly width: number | null
  readonly arm: string
  readonly seed: number
  readonly site_index: number
  readonly site: string
  readonly site_kind: string
  readonly estimator: string
  readonly copies: number
  readonly sigma: number
  readonly noise: string | null
  readonly sequence: string | null
  readonly antithetic: number | null
  readonly baseline: string | null
  readonly local_credit: number | null
  readonly layer_wise: number | null
  readonly repeats: number
  readonly batch: number
  readonly parameters: number
  readonly reference_norm: number
  readonly relative_variance: number | null
  readonly cosine_mean: number | null
  readonly cosine_sd: number | null
  readonly cosine_of_mean: number | null
  readonly bias_clean: number | null
  readonly bias_clean_resolution: number | null
  readonly reference_copies: number | null
  readonly smoothed_norm: number | null
  readonly cosine_smoothed: number | null
  readonly bias_smoothed: number | null
  readonly bias_smoothed_resolution: number | null
  readonly milliseconds: number
  readonly forwards: number | null
  readonly variance_time: number | null
  readonly engine: string
  readonly model_id: string
}

/** `v_gradient_variance`: every gradient probe with its model. */
export const gradientVarianceView: View<GradientVarianceView> = Object.freeze({
  name: 'v_gradient_variance',
  description:
    'One row per probe and site: variance, bias, direction and cost of an estimated gradient.',
  columns: Object.freeze({
    probe_id: 'id of the probe',
    dataset: 'name of the data set',
    architecture: 'architecture of the model',
    depth: 'number of sites: layers with parameters, the readout included',
    width: 'width option of a resnet; else the most neurons or channels of a site before the last',
    arm: 'how the model was trained: bp, bp-noise, lr-logit, lr-weight, lr-hybrid or es',
    seed: 'seed of the training',
    site_index: 'place of the site in the network, from 0',
    site: 'name of the site',
    site_kind: 'dense, convolution, embedding, recurrent, graph-convolution or attention',
    estimator: 'how the gradient was estimated: bp, bp-noise, lr-logit, lr-weight, lr-hybrid or es',
    copies: 'noisy copies of each example',
    sigma: 'standard deviation of the noise, in units of what it is added to',
    noise: 'law of the noise: gaussian or laplace',
    sequence: 'random, or the low-discrepancy sequence that the noise vectors come from',
    antithetic: '1 if every noise vector is used with both signs',
    baseline: 'what is subtracted from a loss: none, clean or leave-one-out',
    local_credit: '0 if noise answers for the whole objective, 1 if for the losses it can reach',
    layer_wise: '0 if an lr-logit estimator puts noise on all sites at once, 1 if on one at a time',
    repeats: 'number of independent estimates on the same batch',
    batch: 'number of examples in the batch',
    parameters: 'number of parameters of the site',
    reference_norm: 'Euclidean norm of the backprop gradient',
    relative_variance: 'variance summed over parameters / squared norm of the backprop gradient',
    cosine_mean: 'mean cosine between an estimate and the backprop gradient',
    cosine_sd: 'standard deviation of that cosine over the repeats',
    cosine_of_mean: 'cosine between the mean estimate and the backprop gradient',
    bias_clean:
      '|expected estimate - g| / |g|, g the backprop gradient; the sampling error is removed and the rest cut at 0',
    bias_clean_resolution: 'smallest bias_clean that these repeats can tell from none',
    reference_copies: 'noisy copies behind the smoothed gradient; null if there is none',
    smoothed_norm:
      'Euclidean norm of the smoothed gradient: of the objective with the noise, which is what is estimated',
    cosine_smoothed: 'mean cosine between an estimate and the smoothed gradient',
    bias_smoothed: 'as bias_clean, for the smoothed gradient',
    bias_smoothed_resolution: 'smallest bias_smoothed that can be told from none',
    milliseconds: 'time for one estimate of this site, milliseconds',
    forwards: 'passes forward over the batch for one estimate; one of a copy counts as one',
    variance_time:
      'relative_variance × milliseconds: milliseconds to a relative variance of one, less is better',
    engine: 'what computed: tensorflow or wasm',
    model_id: 'id of the model',
  }),
  sql: `
    select probe.id as probe_id, dataset.name as dataset, model.architecture, probe.depth,
      probe.width, model.arm, model.seed, probe.site_index, probe.site, probe.site_kind,
      probe.estimator, probe.copies, probe.sigma,
      json_extract(probe.estimator_config, '$.noise.kind') as noise,
      json_extract(probe.estimator_config, '$.noise.sequence') as sequence,
      json_extract(probe.estimator_config, '$.antithetic') as antithetic,
      json_extract(probe.estimator_config, '$.baseline') as baseline,
      case when probe.estimator like 'lr-%'
        then coalesce(json_extract(probe.estimator_config, '$.localCredit'), 1) end as local_credit,
      json_extract(probe.estimator_config, '$.layerWise') as layer_wise,
      probe.repeats, probe.batch, probe.parameters, probe.reference_norm, probe.relative_variance,
      probe.cosine_mean, probe.cosine_sd, probe.cosine_of_mean, probe.bias_clean,
      probe.bias_clean_resolution, probe.reference_copies, probe.smoothed_norm,
      probe.cosine_smoothed, probe.bias_smoothed, probe.bias_smoothed_resolution,
      probe.milliseconds, probe.forwards, probe.variance_time, environment.engine, probe.model_id
    from gradient_probe as probe
    join model on model.id = probe.model_id
    join dataset on dataset.id = model.dataset_id
    join environment on environment.id = probe.environment_id`,
})
