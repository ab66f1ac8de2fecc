import type { Network, Parameters } from '../../models/network.ts'
import type { ImageDataset } from '../data/dataset.ts'
import { tf } from '../engine/tf.ts'
import { WorkError } from '../errors.ts'
import type { DataConfig, TrainConfig } from '../plans/job-config.ts'
import { canonicalJson } from '../store/canonical-json.ts'
import { trainedModels } from '../store/queries/trained-model.ts'
import type { Store } from '../store/store.ts'
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
  dataset(data: DataConfig): Promise<ImageDataset>
  /** Undefined if the model's training diverged: it has no weights. */
  model(id: string): Promise<LoadedModel | undefined>
}

/** Most models kept in memory. */
const modelsKept = 16

export function createWorkbench(
  fixed: Pick<Workbench, 'store' | 'results' | 'environmentId' | 'onProgress'>,
  dataFolder: string | undefined,
): Workbench {
  const datasets = new Map<string, ImageDataset>()
  const models = new Map<string, LoadedModel>()
  return {
    ...fixed,
    async dataset(data) {
      const key = canonicalJson(data)
      const known = datasets.get(key)
      if (known) return known
      const dataset = await loadConfiguredData(data, dataFolder)
      datasets.clear()
      datasets.set(key, dataset)
      return dataset
    },
    async model(id) {
      const known = models.get(id)
      if (known) return known
      const loaded = await load(fixed, id)
      if (!loaded) return undefined
      const [oldest] = models.values()
      if (oldest && models.size >= modelsKept) {
        tf.dispose(oldest.parameters as Record<string, tf.Tensor>)
        models.delete(oldest.id)
      }
      models.set(id, loaded)
      return loaded
    },
  }
}

async function load(
  { store, results }: Pick<Workbench, 'store' | 'results'>,
  id: string,
): Promise<LoadedModel | undefined> {
  const [model] = await trainedModels(store, id)
  if (!model) throw new WorkError(`missing model: ${id} is not in ${results.database}`)
  if (model.state === 'diverged') return undefined
  const { network, parameters } = await loadCheckpoint(results.checkpoint(id))
  return { id, config: JSON.parse(model.config), network, parameters }
}
