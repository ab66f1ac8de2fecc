import type { Victim } from '../../attacks/victim.ts'
import type { Network, Parameters } from '../../models/network.ts'
import type { Dataset } from '../data/dataset.ts'
import { tf } from '../engine/tf.ts'
import { WorkError } from '../errors.ts'
import { networkVictim } from '../evaluation/network-victim.ts'
import { type InferenceNoise, randomisedVictim } from '../evaluation/randomised-victim.ts'
import { loadOwnModel } from '../own-models/load-own-model.ts'
import { askedOf, requireImages } from '../own-models/own-model.ts'
import type { DataConfig, EnsembleConfig, ImportConfig, TrainConfig } from '../plans/job-config.ts'
import { canonicalJson } from '../store/canonical-json.ts'
import { type TrainedModel, trainedModels } from '../store/queries/trained-model.ts'
import type { Store } from '../store/store.ts'
import { type Task, taskOf } from '../tasks/task.ts'
import { loadCheckpoint } from '../training/checkpoint.ts'
import type { Progress } from '../training/train.ts'
import { loadConfiguredData } from './configured-data.ts'
import { type Ensemble, loadEnsemble } from './ensemble-job.ts'
import type { ResultsFolder } from './results-folder.ts'

/** A trained model with the data it belongs to. */
export interface LoadedModel {
  readonly id: string
  readonly config: TrainConfig
  readonly network: Network
  /** Stay with the workbench. */
  readonly parameters: Parameters
}

/** A model of any origin as attacks see it. */
export interface LoadedVictim {
  readonly id: string
  readonly data: DataConfig
  readonly victim: Victim
  /**
   * The model with noise at inference, drawn from a seed for a purpose; missing where it has no
   * sites to put noise on.
   */
  randomised?(noise: InferenceNoise, seed: number, ...purpose: readonly string[]): Victim
}

/** What a worker has at hand for its jobs; data sets and models are read once. */
export interface Workbench {
  readonly store: Store
  readonly results: ResultsFolder
  readonly environmentId: string
  readonly onProgress: Progress
  dataset(data: DataConfig): Promise<Dataset>
  /** The data set as training and evaluation use it. */
  task(data: DataConfig): Promise<Task>
  /** Undefined if the model's training diverged: it has no weights. */
  model(id: string): Promise<LoadedModel | undefined>
  /** The job that made a model, and what came of it. */
  origin(id: string): Promise<TrainedModel>
  /** A model on images: trained here, imported or an ensemble; undefined as for `model`. */
  victim(id: string): Promise<LoadedVictim | undefined>
  /**
   * The ensemble with these members, which stays with the workbench until another is asked for;
   * undefined where a member has no weights.
   */
  ensemble(id: string, config: EnsembleConfig): Promise<Ensemble | undefined>
}

/** Most models kept in memory. */
const modelsKept = 16

/** Most data sets kept in memory. */
const datasetsKept = 4

export function createWorkbench(
  fixed: Pick<Workbench, 'store' | 'results' | 'environmentId' | 'onProgress'>,
  dataFolder: string | undefined,
): Workbench {
  const datasets = new Map<string, { readonly dataset: Dataset; readonly task: Task }>()
  const models = new Map<string, LoadedModel>()
  const imported = new Map<string, LoadedVictim>()
  const loaded = async (data: DataConfig) => {
    const key = canonicalJson(data)
    const known = datasets.get(key)
    if (known) return known
    const dataset = await loadConfiguredData(data, dataFolder)
    const both = { dataset, task: taskOf(dataset) }
    const [oldest] = datasets.keys()
    if (oldest !== undefined && datasets.size >= datasetsKept) datasets.delete(oldest)
    datasets.set(key, both)
    return both
  }
  const model = async (id: string): Promise<LoadedModel | undefined> => {
    const known = models.get(id)
    if (known) return known
    const model = await load(fixed, id, async data => (await loaded(data)).task)
    if (!model) return undefined
    const [oldest] = models.values()
    if (oldest && models.size >= modelsKept) {
      tf.dispose(oldest.parameters as Record<string, tf.Tensor>)
      models.delete(oldest.id)
    }
    models.set(id, model)
    return model
  }
  let together: Ensemble | undefined
  const ensemble = async (id: string, config: EnsembleConfig) => {
    if (together?.id === id) return together
    together?.dispose()
    together = undefined
    together = await loadEnsemble(id, config, member =>
      load(fixed, member, async data => (await loaded(data)).task),
    )
    return together
  }
  return {
    ...fixed,
    dataset: async data => (await loaded(data)).dataset,
    task: async data => (await loaded(data)).task,
    model,
    ensemble,
    origin: id => madeBy(fixed, id),
    async victim(id) {
      const known = imported.get(id)
      if (known) return known
      const { kind, config } = await madeBy(fixed, id)
      if (kind === 'ensemble') return ensemble(id, JSON.parse(config))
      if (kind !== 'import') {
        const trained = await model(id)
        return trained && victimOf(trained)
      }
      const own = await loadImported(fixed.results, id, JSON.parse(config), loaded)
      imported.set(id, own)
      return own
    },
  }
}

async function load(
  { store, results }: Pick<Workbench, 'store' | 'results'>,
  id: string,
  taskFor: (data: DataConfig) => Promise<Task>,
): Promise<LoadedModel | undefined> {
  const model = await madeBy({ store, results }, id)
  if (model.state === 'diverged') return undefined
  const config: TrainConfig = JSON.parse(model.config)
  const { input } = await taskFor(config.data)
  const { network, parameters } = await loadCheckpoint(results.checkpoint(id), input)
  return { id, config, network, parameters }
}

/** A model's row with the job that made it. */
async function madeBy(
  { store, results }: Pick<Workbench, 'store' | 'results'>,
  id: string,
): Promise<TrainedModel> {
  const [model] = await trainedModels(store, id)
  if (model) return model
  throw new WorkError(`missing model: ${id} is not in ${results.database}`)
}

function victimOf({ id, config, network, parameters }: LoadedModel): LoadedVictim {
  return {
    id,
    data: config.data,
    victim: networkVictim(network, parameters),
    randomised: (noise, seed, ...purpose) =>
      randomisedVictim(network, parameters, noise, seed, ...purpose),
  }
}

async function loadImported(
  results: ResultsFolder,
  id: string,
  config: ImportConfig,
  loaded: (data: DataConfig) => Promise<{ readonly dataset: Dataset }>,
): Promise<LoadedVictim> {
  const { dataset } = await loaded(config.data)
  const { victim } = await loadOwnModel(id, config, results, askedOf(requireImages(dataset)))
  return { id, data: config.data, victim }
}
