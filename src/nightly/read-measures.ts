import { variantNames } from '../plans/variants.ts'
import {
  type NightlyEvaluation,
  type NightlyModel,
  type NightlyProbe,
  nightlyEvaluations,
  nightlyModels,
  nightlyProbes,
} from '../store/queries/nightly-measures.ts'
import type { Store } from '../store/store.ts'
import { grouped, type Measurement } from './measurement.ts'

/** Every number that an execution asked for and that is there, in the order of its plan. */
export async function readMeasurements(store: Store, nightlyId: string): Promise<Measurement[]> {
  const models = await nightlyModels(store, nightlyId)
  const variants = variantsOf(models)
  const owners = new Map(models.map(model => [model.id, ownerOf(model, variants.get(model.id)!)]))
  const of = (id: string) => owners.get(id)
  const evaluations = await nightlyEvaluations(store, nightlyId)
  const probes = await nightlyProbes(store, nightlyId)
  return [
    ...models.flatMap(model => modelMeasurements(of(model.id)!, model)),
    ...evaluations.flatMap(row => evaluationMeasurement(of(row.model_id), row)),
    ...probes.flatMap(row => probeMeasurements(of(row.model_id), row)),
  ]
}

type Owner = Pick<
  Measurement,
  | ('model' | 'dataset' | 'datasetId' | 'architecture' | 'arm' | 'variant' | 'seed')
  | ('weights' | 'machine' | 'config' | 'commit')
>

/** What tells each model from others of the same data set, architecture and arm. */
function variantsOf(models: readonly NightlyModel[]): Map<string, string> {
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

function ownerOf(model: NightlyModel, variant: string): Owner {
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

const unattacked = { attack: null, norm: null, epsilon: null } as const

function modelMeasurements(owner: Owner, model: NightlyModel): Measurement[] {
  const trained = model.state === 'trained'
  const base = { ...owner, ...unattacked, job: model.id, detail: '', n: null, sd: null }
  return [
    { ...base, metric: 'state', plain: false, value: trained ? 1 : 0 },
    ...(trained
      ? [{ ...base, metric: 'seconds', plain: true, value: model.seconds } as const]
      : []),
  ]
}

function evaluationMeasurement(owner: Owner | undefined, row: NightlyEvaluation): Measurement[] {
  if (!owner) return []
  const transfer = row.crafted_on !== row.model_id
  const detail = [
    transfer && `from ${row.source_architecture} ${row.source_arm} seed ${row.source_seed}`,
    row.setting === 'poisoning' && 'poisoning',
    row.inference && `noise ${row.inference}`,
  ].filter(part => part)
  const clean = row.attack === 'none'
  return [
    {
      ...owner,
      metric: clean ? 'clean' : 'robust',
      job: row.id,
      ...(clean ? unattacked : { attack: row.attack, norm: row.norm, epsilon: row.epsilon }),
      detail: detail.join(', '),
      config: `${owner.config} ${row.attack_config} ${row.seed}`,
      commit: row.commit_hash,
      plain: detail.length === 0,
      value: row.robust_accuracy,
      n: row.n,
      sd: null,
    },
  ]
}

function probeMeasurements(owner: Owner | undefined, row: NightlyProbe): Measurement[] {
  if (!owner) return []
  const base = {
    ...owner,
    ...unattacked,
    job: row.id,
    detail: `${row.estimator}, ${row.copies} copies, σ ${row.sigma}, ${row.site}`,
    config: `${owner.config} ${row.estimator_config}`,
    commit: row.commit_hash,
    plain: true,
    n: row.repeats,
  }
  const { cosine_mean: cosine, relative_variance: variance, cosine_sd: sd } = row
  return [
    ...(cosine === null ? [] : [{ ...base, metric: 'cosine', value: cosine, sd } as const]),
    ...(variance === null
      ? []
      : [{ ...base, metric: 'variance', value: variance, sd: null } as const]),
  ]
}

/** The commits that numbers were made at, each once, separated by commas; null where unknown. */
export function commitsOf(measurements: readonly Measurement[]): string | null {
  const known = measurements.flatMap(({ commit }) => (commit === null ? [] : [commit]))
  return known.length === 0 ? null : [...new Set(known)].join(', ')
}
