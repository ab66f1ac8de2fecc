import type { View } from './view.ts'

/** One row of `v_gradient_by_step`. */
export interface GradientByStepView {
  readonly probe_id: string
  readonly dataset: string
  readonly architecture: string
  readonly arm: string
  readonly seed: number
  readonly site: string
  readonly copies: number
  readonly sigma: number
  readonly repeats: number
  readonly step: number
  readonly backprop_norm: number
  readonly estimate_norm: number
  readonly signal_norm: number | null
  readonly model_id: string
}

/** `v_gradient_by_step`: how gradients vanish or grow through the steps of a recurrent network. */
export const gradientByStepView: View<GradientByStepView> = Object.freeze({
  name: 'v_gradient_by_step',
  description:
    'One row per probe, recurrent site and step: size of the gradient of an example’s loss for its pre-activation there.',
  columns: Object.freeze({
    probe_id: 'id of the probe',
    dataset: 'name of the data set',
    architecture: 'architecture of the model',
    arm: 'how the model was trained',
    seed: 'seed of the training',
    site: 'name of the recurrent site',
    copies: 'noisy copies of each example in one estimate',
    sigma: 'standard deviation of the noise on the pre-activation',
    repeats: 'number of independent estimates',
    step: 'step of the sequence, from 0',
    backprop_norm: 'root mean square over the examples of the Euclidean norm, by backpropagation',
    estimate_norm: 'the same of one likelihood-ratio estimate, its noise included',
    signal_norm:
      'the same of what independent estimates have in common, without their noise; null where it is below it',
    model_id: 'id of the model',
  }),
  sql: `
    select probe.id as probe_id, dataset.name as dataset, model.architecture, model.arm, model.seed,
      probe.site, probe.copies, probe.sigma, probe.repeats, step.step, step.backprop_norm,
      step.estimate_norm, step.signal_norm, probe.model_id
    from step_gradient as step
    join gradient_probe as probe on probe.id = step.probe_id and probe.site = step.site
    join model on model.id = probe.model_id
    join dataset on dataset.id = model.dataset_id`,
})
