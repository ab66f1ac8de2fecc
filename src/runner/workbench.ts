import type { Network, Parameters } from '../../models/network.ts'
import type { Dataset } from '../data/dataset.ts'
import { tf } from '../engine/tf.ts'
import { WorkError } from '../errors.ts'
import type { DataConfig, TrainConfig } from '../plans/job-config.ts'
import { canonicalJson } from '../store/canonical-json.ts'
import { trainedModels } from '../store/queries/trained-model.ts'
import type { Store } from '../store/store.ts'
import { type Task, taskOf } from '../tasks/task.ts'
import { loadCheckpoint } from '../training/checkpoint.ts'
import type { Progress } from '../training/train.ts'
import type { ResultsFolder } from './results-folder.ts'
import { loadConfiguredData } from './train-config.ts'

/** A trained model with the data it belongs to. */
export interface LoadedModel {
  readonly id: string
  readonly config: TrainConfig
  readonly network: Network
  /** Stay with the workbench. */
  readonly parameters: Parameters
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
  return {
    ...fixed,
    dataset: async data => (await loaded(data)).dataset,
    task: async data => (await loaded(data)).task,
    async model(id) {
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
    },
  }
}

async function load(
  { store, results }: Pick<Workbench, 'store' | 'results'>,
  id: string,
  taskFor: (data: DataConfig) => Promise<Task>,
): Promise<LoadedModel | undefined> {
  const [model] = await trainedModels(store, id)
  if (!model) throw new WorkError(`missing model: ${id} is not in ${results.database}`)
  if (model.state === 'diverged') return undefined
  const config: TrainConfig = JSON.parse(model.config)
  const { input } = await taskFor(config.data)
  const { network, parameters } = await loadCheckpoint(results.checkpoint(id), input)
  return { id, config, network, parameters }
}
