import type { View } from './view.ts'

/** One row of `v_runs`. */
export interface RunsView {
  readonly model_id: string
  readonly dataset: string
  readonly architecture: string
  readonly arm: string
  readonly seed: number
  readonly state: string
  readonly clean_accuracy: number | null
  readonly updates: number
  readonly forwards: number
  readonly seconds: number
  readonly parameters: number | null
  readonly evaluations: number
  readonly engine: string
  readonly device: string
  readonly pair_id: string
  readonly created_at: string
}

/** `v_runs`: every training run. */
export const runsView: View<RunsView> = Object.freeze({
  name: 'v_runs',
  description: 'One row per model: one training run and what came of it.',
  columns: Object.freeze({
    model_id: 'id of the model',
    dataset: 'name of the data set',
    architecture: 'name of the architecture',
    arm: 'how the model was trained: bp, bp-noise, lr-logit, lr-weight, lr-hybrid or es',
    seed: 'seed of the training',
    state: 'trained, or diverged if the loss became infinite',
    clean_accuracy: 'share of the whole test split classified correctly; null if diverged',
    updates: 'optimiser steps',
    forwards: 'network passes forward over a batch, copies counted each',
    seconds: 'training time, seconds',
    parameters: 'number of trainable values; null for a black box',
    evaluations: 'number of stored evaluations of the model',
    engine: 'what computed it: tensorflow or wasm',
    device: 'processor or graphics card',
    pair_id: 'models that share it differ in the arm alone',
    created_at: 'when the run was stored, UTC',
  }),
  sql: `
    select model.id as model_id, dataset.name as dataset, model.architecture, model.arm, model.seed,
      model.state, model.clean_accuracy, model.updates, model.forwards, model.seconds,
      model.parameters,
      (select count(*) from evaluation where evaluation.model_id = model.id) as evaluations,
      environment.engine, environment.device, model.pair_id, model.created_at
    from model
    join dataset on dataset.id = model.dataset_id
    join environment on environment.id = model.environment_id`,
})
