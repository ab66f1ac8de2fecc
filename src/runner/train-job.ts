import { tf } from '../engine/tf.ts'
import { identifierOf } from '../plans/identifier.ts'
import type { TrainConfig } from '../plans/job-config.ts'
import { canonicalJson } from '../store/canonical-json.ts'
import { type NewCurvePoint, type NewModel, saveModel } from '../store/results.ts'
import { testAccuracy } from '../tasks/task.ts'
import { type CheckpointHashes, saveCheckpoint } from '../training/checkpoint.ts'
import type { CurvePoint, Trained } from '../training/train.ts'
import { datasetId } from './dataset-row.ts'
import type { Save } from './execute-job.ts'
import { trainConfigured } from './train-config.ts'
import type { Workbench } from './workbench.ts'

/** Trains a model, writes its checkpoint and hands back what stores its rows. */
export async function trainJob(bench: Workbench, id: string, config: TrainConfig): Promise<Save> {
  const task = await bench.task(config.data)
  const { network, trained } = await trainConfigured(config, task, bench.onProgress)
  const usable = trained.state === 'trained'
  const cleanAccuracy = usable ? testAccuracy(task, network, trained.parameters) : null
  const hashes = usable
    ? await saveCheckpoint(bench.results.checkpoint(id), trained.parameters, {
        architecture: config.architecture,
        provenance: { job: id, config, environment: bench.environmentId },
      })
    : undefined
  tf.dispose(trained.parameters as Record<string, tf.Tensor>)
  const parameters = network.parameters.reduce(
    (sum, { shape }) => sum + shape.reduce((product, length) => product * length, 1),
    0,
  )
  const model = modelRow(id, config, trained, {
    parameters,
    clean_accuracy: cleanAccuracy,
    environment_id: bench.environmentId,
    hashes,
  })
  return transaction => saveModel(transaction, model, trained.curve.map(curveRow))
}

/** What matched models share: everything but the estimator. */
export function pairId({ estimator: _, ...shared }: TrainConfig): string {
  return identifierOf(shared)
}

function modelRow(
  id: string,
  config: TrainConfig,
  trained: Trained,
  measured: Pick<NewModel, 'parameters' | 'clean_accuracy' | 'environment_id'> & {
    readonly hashes: CheckpointHashes | undefined
  },
): NewModel {
  const { hashes, ...columns } = measured
  return {
    id,
    dataset_id: datasetId(config.data),
    architecture: config.architecture.name,
    architecture_config: canonicalJson(config.architecture),
    arm: config.estimator.name,
    estimator_config: canonicalJson(config.estimator),
    training_config: canonicalJson(config.training),
    seed: config.seed,
    pair_id: pairId(config),
    state: trained.state,
    updates: trained.updates,
    forwards: trained.forwards,
    seconds: trained.seconds,
    ...columns,
    checkpoint_sha256: hashes?.file ?? null,
    weights_sha256: hashes?.weights ?? null,
    created_at: new Date().toISOString(),
  }
}

function curveRow(point: CurvePoint): NewCurvePoint {
  return {
    updates: point.updates,
    epoch: point.epoch,
    forwards: point.forwards,
    seconds: point.seconds,
    train_loss: point.trainLoss,
    test_accuracy: point.testAccuracy,
    learning_rate: point.learningRate,
    gradient_norm: point.gradientNorm,
  }
}
