import type { TableDescription } from './table.ts'

/** One training run and the model it produced, a model of other origin, or an ensemble. */
export interface ModelTable {
  readonly id: string
  readonly dataset_id: string
  readonly architecture: string
  readonly architecture_config: string
  readonly arm: string
  readonly estimator_config: string
  readonly training_config: string
  readonly seed: number
  readonly pair_id: string
  readonly parameters: number | null
  readonly state: 'trained' | 'diverged'
  readonly updates: number
  readonly forwards: number
  readonly seconds: number
  readonly clean_accuracy: number | null
  readonly checkpoint_sha256: string | null
  readonly weights_sha256: string | null
  readonly environment_id: string
  readonly created_at: string
}

/** `model`. */
export const modelTable: TableDescription<ModelTable> = Object.freeze({
  name: 'model',
  description:
    'One training run and the model it produced, a model of other origin, or an ensemble.',
  columns: Object.freeze({
    id: 'the id of the job that made it',
    dataset_id: 'what it was trained on',
    architecture: 'name of the architecture, e.g. lenet',
    architecture_config: 'JSON: the architecture with all its options',
    arm: 'bp, bp-noise, lr-logit, lr-weight, lr-hybrid or es; imported, ensemble',
    estimator_config: 'JSON: the estimator with all its options (copies, sigma …)',
    training_config: 'JSON: loss, optimiser, schedule, batch, epochs, clipping',
    seed: 'seed of the training',
    pair_id:
      'hash of data set, architecture, loss, optimiser, schedule, batch, number of updates and seed: models that share it are matched, they differ in the arm alone',
    parameters: 'number of trainable values; null for a black box',
    state: 'diverged: the loss became NaN or infinite; there is no checkpoint to attack',
    updates: 'optimiser steps taken',
    forwards: 'network passes forward over a batch of the training size, copies counted each',
    seconds: 'training time, seconds',
    clean_accuracy:
      'accuracy on the whole test split after training, without attack; null if diverged',
    checkpoint_sha256: 'SHA-256 of the checkpoint file; null if diverged',
    weights_sha256:
      'SHA-256 over the trained weights alone: equal weights, equal hash; null if diverged',
    environment_id: 'where it was trained',
    created_at: 'when it was stored, UTC',
  }),
})

/** Points of a model's learning curve. */
export interface LearningCurveTable {
  readonly model_id: string
  readonly updates: number
  readonly epoch: number
  readonly forwards: number
  readonly seconds: number
  readonly train_loss: number | null
  readonly test_accuracy: number | null
  readonly learning_rate: number
  readonly gradient_norm: number | null
}

/** `learning_curve`. */
export const learningCurveTable: TableDescription<LearningCurveTable> = Object.freeze({
  name: 'learning_curve',
  description: "Points of a model's learning curve.",
  columns: Object.freeze({
    model_id: 'id of the model',
    updates: 'optimiser steps so far',
    epoch: 'passes over the training split so far',
    forwards: 'passes forward over a batch so far, copies counted each',
    seconds: 'training time so far, seconds',
    train_loss: 'mean training loss since the previous point; null where it was not finite',
    test_accuracy: 'accuracy on the first test examples; null where it was not measured',
    learning_rate: 'learning rate at this point',
    gradient_norm: 'mean Euclidean norm of the gradient before clipping since the previous point',
  }),
})

/** Gradient statistics of one parameter site of one model. */
export interface GradientProbeTable {
  readonly id: string
  readonly site: string
  readonly model_id: string
  readonly site_index: number
  readonly site_kind: string
  readonly estimator: string
  readonly copies: number
  readonly sigma: number
  readonly repeats: number
  readonly batch: number
  readonly parameters: number
  readonly reference_norm: number
  readonly variance: number
  readonly relative_variance: number | null
  readonly cosine_mean: number | null
  readonly cosine_sd: number | null
  readonly cosine_of_mean: number | null
  readonly milliseconds: number
  readonly environment_id: string
  readonly estimator_config: string | null
  readonly depth: number | null
  readonly width: number | null
  readonly forwards: number | null
  readonly variance_time: number | null
  readonly bias_clean: number | null
  readonly bias_clean_resolution: number | null
  readonly reference_copies: number | null
  readonly smoothed_norm: number | null
  readonly cosine_smoothed: number | null
  readonly bias_smoothed: number | null
  readonly bias_smoothed_resolution: number | null
}

/** `gradient_probe`. */
export const gradientProbeTable: TableDescription<GradientProbeTable> = Object.freeze({
  name: 'gradient_probe',
  description: 'Gradient statistics of one parameter site of one model.',
  columns: Object.freeze({
    id: 'the id of its job: one job measures all sites of a model',
    site: 'name of the site',
    model_id: 'id of the model',
    site_index: 'place of the site in the network, from 0',
    site_kind: 'e.g. dense, convolution, recurrent: see Site of the networks',
    estimator: 'name of the estimator: an arm, e.g. lr-logit',
    copies: 'noisy copies of each example in one estimate',
    sigma: 'standard deviation of the noise',
    repeats: 'independent estimates on the same batch',
    batch: 'examples in the batch',
    parameters: 'number of parameters of the site',
    reference_norm: 'Euclidean norm of the backprop gradient of the same batch',
    variance: 'sum over parameters of the variance of the estimate over the repeats',
    relative_variance: 'variance / reference_norm²; null where the reference is zero',
    cosine_mean:
      'mean cosine between an estimate and the backprop gradient; null where one of them is zero',
    cosine_sd: 'standard deviation of that cosine over the repeats',
    cosine_of_mean: 'cosine between the mean of all estimates and the backprop gradient',
    milliseconds:
      'time for one estimate of this site; of all sites for arms that perturb them together',
    environment_id: 'where it was made',
    estimator_config:
      'JSON: the estimator with all its options; null where it was measured before that was kept',
    depth: 'number of sites of the network',
    width:
      "the architecture's own width where it has one (resnet: channels of its first third), else the largest number of units of a site before the last: neurons of a dense layer, channels of a convolution; null where there is none",
    forwards: 'passes forward over the batch for one estimate; one of a copy counts as one',
    variance_time:
      'relative_variance × milliseconds, in milliseconds: time for a relative variance of one',
    bias_clean:
      '‖E estimate − g‖ / ‖g‖ for the backprop gradient g, the sampling error of the mean removed and the rest cut at 0',
    bias_clean_resolution: 'smallest bias_clean that the repeats can tell from none',
    reference_copies: 'noisy copies behind the smoothed gradient; null where it was not asked for',
    smoothed_norm:
      'Euclidean norm of the gradient of the smoothed objective, which the estimator estimates; null where it was not asked for',
    cosine_smoothed:
      'mean cosine between an estimate and the smoothed gradient; null where one of them is zero, or it was not asked for',
    bias_smoothed:
      'as bias_clean, for the smoothed gradient; the sampling error of both is removed',
    bias_smoothed_resolution: 'smallest bias_smoothed that the repeats can tell from none',
  }),
})

/** Size of an example's gradient for the pre-activation of a recurrent site, at one step. */
export interface StepGradientTable {
  readonly probe_id: string
  readonly site: string
  readonly step: number
  readonly backprop_norm: number
  readonly estimate_norm: number
  readonly signal_norm: number | null
}

/** `step_gradient`. */
export const stepGradientTable: TableDescription<StepGradientTable> = Object.freeze({
  name: 'step_gradient',
  description:
    "Size of an example's gradient for the pre-activation of a recurrent site, at one step.",
  columns: Object.freeze({
    probe_id: 'id of the probe',
    site: 'name of the recurrent site',
    step: 'step of the sequence, from 0',
    backprop_norm: 'root mean square over the examples of the Euclidean norm, by backpropagation',
    estimate_norm: 'the same of one likelihood-ratio estimate, its noise included',
    signal_norm:
      'the same of what independent estimates have in common; null where it is below their noise',
  }),
})
