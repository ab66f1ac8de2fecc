import { generator } from '../../../src/random/generator.ts'
import { saveDataset, saveEnvironment, saveModel } from '../../../src/store/results.ts'
import type { Store } from '../../../src/store/store.ts'
import { hash, timeAt } from './names.ts'
import { type Arm, arms, type Subject, subjects } from './world.ts'

/** One training run. */
export interface Trained {
  readonly id: string
  readonly subject: Subject
  readonly architecture: string
  readonly arm: Arm
  readonly seed: number
  readonly diverged: boolean
  readonly accuracy: number
}

/** Where everything was made. */
export const environmentId = hash('environment')

/** One training in this many diverges. */
const divergedOne = 61

/** The first so many training runs of the world: seed by seed, network by network, arm by arm. */
export function trainings(count: number, seed: number): Trained[] {
  const found: Trained[] = []
  for (let modelSeed = 0; found.length < count; modelSeed++) {
    for (const subject of subjects) {
      for (const architecture of subject.architectures) {
        for (const arm of arms) {
          const own = { subject, architecture, arm, seed: modelSeed }
          const random = generator(seed, 'model', subject.name, architecture, arm, modelSeed)
          const ability = (arm === 'lr-logit' ? 0.82 : 0.9) + 0.02 * random.normal()
          found.push({
            ...own,
            id: hash('train', subject.name, architecture, arm, modelSeed),
            diverged: found.length % divergedOne === divergedOne - 1,
            accuracy: Math.min(0.995, Math.max(0.2, ability)),
          })
        }
      }
    }
  }
  return found.slice(0, count)
}

/** Writes the environment, the data sets and every training run with its learning curve. */
export async function saveTrainings(store: Store, models: readonly Trained[]): Promise<void> {
  await saveEnvironment(store, {
    id: environmentId,
    engine: 'wasm',
    versions: JSON.stringify({ '@tensorflow/tfjs': '4.22.0' }),
    threads: 1,
    device: 'A processor',
    settings: '{}',
    node_version: '20.17.0',
    gauntlet_version: '0.1.0',
    commit_hash: null,
  })
  for (const subject of subjects) {
    await saveDataset(store, {
      id: hash('dataset', subject.name),
      name: subject.name,
      train_count: subject.train,
      test_count: subject.test,
      shape: JSON.stringify(subject.shape),
      classes: JSON.stringify(Array.from({ length: subject.classes }, (_, at) => `class ${at}`)),
      licence: 'made up',
      sha256: hash('bytes', subject.name),
    })
  }
  for (const [at, model] of models.entries()) await saveTraining(store, model, at)
}

async function saveTraining(store: Store, model: Trained, at: number): Promise<void> {
  const { id, subject, architecture, arm, seed, diverged, accuracy } = model
  const copies = arm === 'bp' ? 1 : 4
  const points = Array.from({ length: 20 }, (_, point) => (point + 1) / 20)
  const updates = 2400
  const seconds = 30 * copies
  await saveModel(
    store,
    {
      id,
      dataset_id: hash('dataset', subject.name),
      architecture,
      architecture_config: JSON.stringify({ activation: 'relu', hidden: 32, name: architecture }),
      arm,
      estimator_config: JSON.stringify(
        arm === 'bp' ? { name: arm } : { copies, name: arm, sigma: 0.1 },
      ),
      training_config: JSON.stringify({ batch: 50, epochs: 6, learningRate: 0.002 }),
      seed,
      pair_id: hash('pair', subject.name, architecture, seed),
      parameters: 28_874,
      state: diverged ? 'diverged' : 'trained',
      updates,
      forwards: updates * copies,
      seconds,
      clean_accuracy: diverged ? null : accuracy,
      checkpoint_sha256: diverged ? null : hash('checkpoint', id),
      weights_sha256: diverged ? null : hash('weights', id),
      environment_id: environmentId,
      created_at: timeAt(at),
    },
    points.map(share => ({
      updates: Math.round(updates * share),
      epoch: 6 * share,
      forwards: Math.round(updates * share) * copies,
      seconds: seconds * share,
      train_loss: diverged && share > 0.5 ? null : 2.3 * Math.exp(-4 * share),
      test_accuracy: diverged ? null : accuracy * (1 - 0.6 * Math.exp(-6 * share)),
      learning_rate: 0.001 * (1 + Math.cos(Math.PI * share)),
      gradient_norm: diverged && share > 0.5 ? null : 1.2,
    })),
  )
}
