/**
 * A results database with everything that the dashboard shows: two architectures, three arms, two
 * seeds, two attacks at four budgets, white-box and transferred, probes, a run that diverged; and
 * `tiny`, ten examples whose outcomes are written out, for numbers that can be checked by hand.
 */
import { join } from 'node:path'
import { generator } from '../../src/random/generator.ts'
import { enqueue } from '../../src/store/jobs.ts'
import {
  endNightly,
  saveDataset,
  saveEnvironment,
  saveEvaluation,
  saveModel,
  saveProbe,
  startNightly,
} from '../../src/store/results.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { newFolder } from '../folder.ts'
import { fillNatural } from './natural-fixture.ts'

/** Names of everything that the fixture crosses. */
export const crossed = {
  architectures: ['lenet', 'mlp'],
  arms: ['bp', 'bp-noise', 'lr-logit'],
  seeds: [0, 1],
  attacks: ['fgsm', 'pgd'],
  epsilons: [0.05, 0.1, 0.2, 0.3],
  examples: 120,
} as const

/** How much accuracy one unit of epsilon costs; what makes the arms differ. */
const fragility: Readonly<Record<string, number>> = { bp: 6.5, 'bp-noise': 5.2, 'lr-logit': 3.4 }
const strength: Readonly<Record<string, number>> = { fgsm: 0.7, pgd: 1 }

/** A new folder with a results database; filled unless it is to stay empty. */
export async function resultsFile({ filled = true } = {}): Promise<string> {
  const file = join(await newFolder('server'), 'gauntlet.db')
  const store = await openStore(file)
  if (filled) await store.transaction().execute(fill)
  await store.destroy()
  return file
}

/** Writes the whole fixture. */
export async function fill(store: Store): Promise<void> {
  await saveEnvironment(store, environment)
  await saveDataset(store, dataset('glyphs', 1000, 500, 10))
  await saveDataset(store, dataset('tiny', 20, 10, 2))
  for (const architecture of crossed.architectures) await fillArchitecture(store, architecture)
  await model(store, { arm: 'bp', seed: 2, architecture: 'lenet' })
  await model(store, { arm: 'lr-logit', seed: 2, architecture: 'lenet', diverged: true })
  await fillTiny(store)
  await fillNatural(store, idOf({ arm: 'lr-logit', seed: 0, architecture: 'lenet' }))
  await fillNightly(store)
}

async function fillArchitecture(store: Store, architecture: string): Promise<void> {
  const { arms, seeds, attacks, epsilons } = crossed
  for (const seed of seeds) {
    for (const arm of arms) await model(store, { arm, seed, architecture })
    for (const arm of arms) {
      const victim = idOf({ arm, seed, architecture })
      const sources = [arm, ...(arm === 'bp' ? ['lr-logit'] : ['bp'])]
      for (const source of sources) {
        for (const attack of attacks) {
          for (const epsilon of epsilons) {
            const known = source === arm ? 1 : 0.45
            const pull = fragility[arm]! * strength[attack]! * known * epsilon
            const survives = margins(architecture, arm, seed).map(margin => margin - pull)
            const crafted = idOf({ arm: source, seed, architecture })
            await evaluation(store, { victim, crafted, attack, epsilon, survives })
          }
        }
      }
      await probes(store, victim, arm, seed)
    }
  }
}

/** How far from the decision boundary each example is; below zero: wrong without attack. */
function margins(architecture: string, arm: string, seed: number): number[] {
  const shared = generator(7, architecture)
  const own = generator(7, architecture, arm, seed)
  const ability = arm === 'lr-logit' ? 0.62 : 0.72
  return Array.from({ length: crossed.examples }, () => {
    return ability + 0.42 * shared.normal() + 0.12 * own.normal()
  })
}

interface ModelName {
  readonly arm: string
  readonly seed: number
  readonly architecture: string
}

/** Id of a model of the fixture. */
export function idOf({ arm, seed, architecture }: ModelName): string {
  return `${architecture}-${arm}-${seed}`
}

interface NewModel extends ModelName {
  readonly diverged?: boolean
  readonly accuracy?: number
}

/** Writes a model with its learning curve. */
export async function model(
  store: Store,
  { arm, seed, architecture, diverged = false, accuracy = 0.9 }: NewModel,
  data = 'glyphs',
): Promise<void> {
  const copies = arm === 'bp' ? 1 : 16
  const index = [...crossed.arms].indexOf(arm as 'bp')
  const created = new Date(Date.UTC(2026, 10, 20, 1, seed * 10 + index))
  await saveModel(
    store,
    {
      id: idOf({ arm, seed, architecture }),
      dataset_id: `dataset-${data}`,
      architecture,
      architecture_config: JSON.stringify({ name: architecture, width: 16 }),
      arm,
      estimator_config: JSON.stringify(
        arm === 'bp' ? { name: arm } : { copies, name: arm, sigma: 0.1 },
      ),
      training_config: JSON.stringify({ batch: 32, epochs: 4, optimiser: { name: 'adam' } }),
      seed,
      pair_id: `${data}-${architecture}-${seed}`,
      parameters: 44_426,
      state: diverged ? 'diverged' : 'trained',
      updates: diverged ? 40 : 128,
      forwards: 128 * copies,
      seconds: 12.5 * copies,
      clean_accuracy: diverged ? null : accuracy,
      checkpoint_sha256: diverged ? null : 'c'.repeat(64),
      weights_sha256: diverged ? null : 'd'.repeat(64),
      environment_id: environment.id,
      created_at: created.toISOString(),
    },
    [32, 64, 96, 128].map(updates => ({
      updates,
      epoch: updates / 32,
      forwards: updates * copies,
      seconds: (updates / 128) * 12.5 * copies,
      train_loss: diverged && updates > 32 ? null : 2.3 * Math.exp(-updates / 60),
      test_accuracy: diverged ? null : 0.9 - 0.7 * Math.exp(-updates / 40),
      learning_rate: 0.001,
      gradient_norm: diverged && updates > 32 ? null : 1.2,
    })),
  )
}

interface NewOutcome {
  readonly victim: string
  readonly crafted: string
  readonly attack: string
  readonly epsilon: number
  /** Above zero: right under attack. Without attack an example is right if `clean` says so. */
  readonly survives: readonly number[]
  readonly clean?: readonly boolean[]
}

async function evaluation(store: Store, one: NewOutcome): Promise<void> {
  const { victim, crafted, attack, epsilon, survives } = one
  const own = one.clean ?? survives.map(value => value + pullOf(one) > 0)
  const examples = survives.map((value, example) => {
    const label = example % 2
    const clean = own[example] ? label : 1 - label
    const adversarial = own[example] && value > 0 ? label : 1 - label
    return {
      example,
      label,
      clean_prediction: clean,
      adversarial_prediction: adversarial,
      success: Number(clean === label && adversarial !== label),
      linf: epsilon,
      l2: epsilon * 10,
      queries: 20,
    }
  })
  await saveEvaluation(
    store,
    {
      id: `${victim}.${crafted}.${attack}.${epsilon}`,
      model_id: victim,
      crafted_on: crafted,
      attack,
      norm: 'linf',
      epsilon,
      attack_config: JSON.stringify({ epsilon, name: attack, steps: attack === 'pgd' ? 20 : 1 }),
      seed: 0,
      n: examples.length,
      clean_correct: own.filter(Boolean).length,
      robust_correct: examples.filter(
        row => row.clean_prediction === row.label && row.adversarial_prediction === row.label,
      ).length,
      queries_mean: 20,
      seconds: 1.5,
      environment_id: environment.id,
      created_at: '2026-11-20T02:00:00.000Z',
    },
    examples,
  )
}

function pullOf({ victim, crafted, attack, epsilon }: NewOutcome): number {
  const arm = crossed.arms.toReversed().find(name => victim.includes(`-${name}-`))!
  return fragility[arm]! * strength[attack]! * (victim === crafted ? 1 : 0.45) * epsilon
}

async function probes(store: Store, id: string, arm: string, seed: number): Promise<void> {
  const random = generator(11, id)
  for (const [estimator, copies] of [
    ['lr-logit', 16],
    ['lr-logit', 64],
    ['bp-noise', 16],
  ] as const) {
    await saveProbe(
      store,
      ['conv1', 'conv2', 'dense1', 'dense2'].map((site, index) => {
        const noisy = estimator === 'bp-noise' ? 0.004 : (40 / copies) * 4 ** -index
        const relative = noisy * (0.8 + 0.4 * random.uniform())
        return {
          id: `${id}.${estimator}.${copies}`,
          site,
          model_id: id,
          site_index: index,
          site_kind: index < 2 ? 'convolution' : 'dense',
          estimator,
          copies,
          sigma: 0.1,
          repeats: 32,
          batch: 64,
          parameters: 400 * (index + 1),
          reference_norm: 0.5,
          variance: relative * 0.25,
          relative_variance: relative,
          cosine_mean: 1 / Math.sqrt(1 + relative),
          cosine_sd: 0.05,
          cosine_of_mean: 1 / Math.sqrt(1 + relative / 32),
          milliseconds: 3 + copies * 0.4 + seed + arm.length / 10,
          environment_id: environment.id,
          estimator_config: JSON.stringify({ name: estimator, noise: { sequence: 'random' } }),
          depth: 4,
          width: 32,
          forwards: copies,
          variance_time: relative * (3 + copies * 0.4 + seed + arm.length / 10),
          bias_clean: 0.3 + 0.1 * index,
          bias_clean_resolution: 0.25,
          reference_copies: 256,
          smoothed_norm: 0.4,
          cosine_smoothed: 1 / Math.sqrt(1 + relative / 2),
          bias_smoothed: 0,
          bias_smoothed_resolution: 0.25,
        }
      }),
    )
  }
}

/** R: right without and under attack; a: right, until attacked; w: wrong anyway. */
export const tinyOutcomes = {
  'bp 0': 'RRaaaaaaww',
  'lr-logit 0': 'RRRRRRaaaw',
  'bp 1': 'RRRaaaaaaw',
  'lr-logit 1': 'RRRRRaaaaw',
} as const

async function fillTiny(store: Store): Promise<void> {
  for (const [name, outcomes] of Object.entries(tinyOutcomes)) {
    const [arm = '', seed] = name.split(' ')
    const one = { arm, seed: Number(seed), architecture: 'linear' }
    await model(store, one, 'tiny')
    const victim = idOf(one)
    await evaluation(store, {
      victim,
      crafted: victim,
      attack: 'fgsm',
      epsilon: 0.1,
      survives: [...outcomes].map(letter => (letter === 'R' ? 1 : -1)),
      clean: [...outcomes].map(letter => letter !== 'w'),
    })
  }
}

/** Why job `c` of the nightly failed. */
export const unlucky = 'disk full: checkpoint of c'

async function fillNightly(store: Store): Promise<void> {
  const id = 'nightly-1'
  await startNightly(store, {
    id,
    plan: 'quick',
    plan_config: '{}',
    started_at: '2026-11-20T01:00:00.000Z',
  })
  await enqueue(
    store,
    id,
    ['a', 'b', 'c'].map(job => ({
      id: job,
      kind: 'train',
      config: { job },
      title: `train ${job}`,
      cost: 1,
      needs: [],
    })),
  )
  await store
    .updateTable('job')
    .set({ state: 'failed', attempts: 1, error: unlucky, ended_at: '2026-11-20T01:30:00.000Z' })
    .where('id', '=', 'c')
    .execute()
  await endNightly(store, id, 'interrupted', '2026-11-20T02:30:00.000Z')
}

/** Where everything was made. */
export const environment = {
  id: 'environment-1',
  engine: 'wasm',
  versions: JSON.stringify({ '@tensorflow/tfjs': '4.22.0' }),
  threads: 1,
  device: 'A processor',
  settings: JSON.stringify({}),
  node_version: '20.17.0',
  gauntlet_version: '0.1.0',
  commit_hash: 'abc1234+',
}

/** A data set of images. */
export function dataset(name: string, train: number, test: number, classes: number) {
  return {
    id: `dataset-${name}`,
    name,
    train_count: train,
    test_count: test,
    shape: JSON.stringify([16, 16, 1]),
    classes: JSON.stringify(Array.from({ length: classes }, (_, index) => `class ${index}`)),
    licence: 'MIT',
    sha256: 'e'.repeat(64),
  }
}
