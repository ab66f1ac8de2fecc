import type { View } from './view.ts'

/** One row of `v_gradient_variance`. */
export interface GradientVarianceView {
  readonly probe_id: string
  readonly dataset: string
  readonly architecture: string
  readonly arm: string
  readonly seed: number
  readonly site_index: number
  readonly site: string
  readonly site_kind: string
  readonly estimator: string
  readonly copies: number
  readonly sigma: number
  readonly repeats: number
  readonly batch: number
  readonly parameters: number
  readonly relative_variance: number | null
  readonly cosine_mean: number | null
  readonly cosine_sd: number | null
  readonly cosine_of_mean: number | null
  readonly milliseconds: number
  readonly model_id: string
}

/** `v_gradient_variance`: every gradient probe with its model. */
export const gradientVarianceView: View<GradientVarianceView> = Object.freeze({
  name: 'v_gradient_variance',
  description: 'One row per probe and site: how far an estimated gradient is from backprop.',
  columns: Object.freeze({
    probe_id: 'id of the probe',
    dataset: 'name of the data set',
    architecture: 'architecture of the model',
    arm: 'how the model was trained: bp, bp-noise, lr-logit, lr-weight, lr-hybrid or es',
    seed: 'seed of the training',
    site_index: 'place of the site in the network, from 0',
    site: 'name of the site',
    site_kind: 'dense or convolution',
    estimator: 'how the gradient was estimated: bp, bp-noise, lr-logit, lr-weight, lr-hybrid or es',
    copies: 'noisy copies of each example',
    sigma: 'standard deviation of the noise, in units of what it is added to',
    repeats: 'number of independent estimates on the same batch',
    batch: 'number of examples in the batch',
    parameters: 'number of parameters of the site',
    relative_variance: 'variance summed over parameters / squared norm of the backprop gradient',
    cosine_mean: 'mean cosine between an estimate and the backprop gradient',
    cosine_sd: 'standard deviation of that cosine over the repeats',
    cosine_of_mean: 'cosine between the mean estimate and the backprop gradient',
    milliseconds: 'time for one estimate of this site, milliseconds',
    model_id: 'id of the model',
  }),
  sql: `
    select probe.id as probe_id, dataset.name as dataset, model.architecture, model.arm, model.seed,
      probe.site_index, probe.site, probe.site_kind, probe.estimator, probe.copies, probe.sigma,
      probe.repeats, probe.batch, probe.parameters, probe.relative_variance, probe.cosine_mean,
      probe.cosine_sd, probe.cosine_of_mean, probe.milliseconds, probe.model_id
    from gradient_probe as probe
    join model on model.id = probe.model_id
    join dataset on dataset.id = model.dataset_id`,
})
