import { tf } from '../engine/tf.ts'
import { ensembleVictim } from '../evaluation/ensemble-victim.ts'
import { predict } from '../evaluation/predict.ts'
import { requireImages } from '../own-models/own-model.ts'
import type { EnsembleConfig } from '../plans/job-config.ts'
import { canonicalJson } from '../store/canonical-json.ts'
import { saveModel } from '../store/results.ts'
import { datasetId } from './dataset-row.ts'
import type { Save } from './execute-job.ts'
import type { LoadedModel, LoadedVictim, Workbench } from './workbench.ts'

/** An ensemble ready to be attacked. */
export interface Ensemble extends LoadedVictim {
  /** Trainable values of all members. */
  readonly parameters: number
  /** The members' common seed; 0 where they differ. */
  readonly seed: number
  /** Frees the members' weights. */
  dispose(): void
}

/** Measures an ensemble's accuracy and stores it as a model; diverged where a member is. */
export async function ensembleJob(
  bench: Workbench,
  id: string,
  config: EnsembleConfig,
): Promise<Save> {
  const started = performance.now()
  const ensemble = await bench.ensemble(id, config)
  const { test } = requireImages(await bench.dataset(config.data))
  const predictions = ensemble && predict(ensemble.victim, test.images)
  const right = predictions?.filter((prediction, at) => prediction === test.labels[at]).length
  const { fusion, members } = config
  const model = {
    id,
    dataset_id: datasetId(config.data),
    architecture: 'ensemble',
    architecture_config: canonicalJson({ name: 'ensemble', fusion, members }),
    arm: 'ensemble',
    estimator_config: canonicalJson({ name: 'ensemble' }),
    training_config: canonicalJson({}),
    seed: ensemble?.seed ?? 0,
    pair_id: id,
    parameters: ensemble?.parameters ?? null,
    state: ensemble ? 'trained' : 'diverged',
    updates: 0,
    forwards: 0,
    seconds: (performance.now() - started) / 1000,
    clean_accuracy: right === undefined ? null : right / test.count,
    checkpoint_sha256: null,
    weights_sha256: null,
    environment_id: bench.environmentId,
    created_at: new Date().toISOString(),
  } as const
  return transaction => saveModel(transaction, model, [])
}

/** Puts an ensemble together; undefined where a member has no weights. */
export async function loadEnsemble(
  id: string,
  { data, members }: EnsembleConfig,
  load: (id: string) => Promise<LoadedModel | undefined>,
): Promise<Ensemble | undefined> {
  const loaded: LoadedModel[] = []
  const dispose = () => {
    for (const { parameters } of loaded) tf.dispose(parameters as Record<string, tf.Tensor>)
  }
  for (const member of members) {
    const model = await load(member)
    if (!model) {
      dispose()
      return undefined
    }
    loaded.push(model)
  }
  const seeds = new Set(loaded.map(({ config }) => config.seed))
  const [seed = 0] = seeds.size === 1 ? seeds : []
  const sizes = loaded.flatMap(({ network }) => network.parameters.map(({ shape }) => shape))
  const parameters = sizes.reduce((sum, shape) => sum + tf.util.sizeFromShape([...shape]), 0)
  return { id, data, victim: ensembleVictim(loaded), parameters, seed, dispose }
}
