import { variantNames } from '../plans/variants.ts'
import type { NightlyModel } from '../store/queries/nightly-measures.ts'
import { grouped, type Measurement } from './measurement.ts'

/** What of a measurement is said by the model that it is of. */
export type Owner = Pick<
  Measurement,
  | ('model' | 'dataset' | 'datasetId' | 'architecture' | 'arm' | 'variant' | 'seed')
  | ('weights' | 'machine' | 'config' | 'commit')
>

/** What tells each model from others of the same data set, architecture and arm. */
export function variantsOf(models: readonly NightlyModel[]): Map<string, string> {
  const alike = grouped(models, one => JSON.stringify([one.dataset, one.architecture, one.arm]))
  const found = new Map<string, string>()
  for (const group of alike.values()) {
    const options = group.map(one => ({
      ...JSON.parse(one.training_config),
      ...JSON.parse(one.architecture_config),
      ...JSON.parse(one.estimator_config),
    }))
    for (const [at, name] of variantNames(options).entries()) found.set(group[at]!.id, name)
  }
  return found
}

/** What a model says of every measurement of it. */
export function ownerOf(model: NightlyModel, variant: string): Owner {
  const { architecture_config, estimator_config, training_config } = model
  return {
    model: model.id,
    dataset: model.dataset,
    datasetId: model.dataset_id,
    architecture: model.architecture,
    arm: model.arm,
    variant,
    seed: model.seed,
    weights: model.weights_sha256,
    machine: machineOf(model),
    config: [architecture_config, estimator_config, training_config].join(' '),
    commit: model.commit_hash,
  }
}

/** WebAssembly gives the same bits on every machine; TensorFlow's depend on processor and threads. */
function machineOf({ engine, versions, device, threads }: NightlyModel): string {
  return [engine, versions, ...(engine === 'wasm' ? [] : [device, threads])].join(' ')
}

/** Where attacks have no part in a measurement. */
export const unattacked = { attack: null, norm: null, epsilon: null } as const
