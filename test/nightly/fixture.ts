/**
 * A results database with nightlies that differ in what is planted: two arms with three seeds each,
 * clean, under FGSM and under PGD, on the same examples every night.
 */
import { join } from 'node:path'
import { usualAlarms } from '../../src/nightly/judge.ts'
import { recordNightly } from '../../src/nightly/record.ts'
import { enqueue, type NewJob } from '../../src/store/jobs.ts'
import { oneNightly } from '../../src/store/queries/nightlies.ts'
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
import { dataset, environment } from '../server/fixture.ts'
import { type NaturalEvidence, naturalJobs, writeNatural } from './natural-evidence.ts'
import { uniform } from './simulated.ts'

export const arms = ['bp', 'lr-logit'] as const
export const seeds = [0, 1, 2] as const
const examples = 1000

/** What is different about one night. */
export interface Planted {
  /** Examples more that FGSM and PGD turn on the models of this arm, with the same weights. */
  readonly stronger?: { readonly arm: string; readonly by: number }
  /** Examples more that this model gets wrong without attack: it has other weights. */
  readonly worse?: { readonly arm: string; readonly seed: number; readonly by: number }
  /** A model that diverged. */
  readonly diverged?: { readonly arm: string; readonly seed: number }
  readonly commit?: string
  /** Corruptions, certificates and verdicts of every model. */
  readonly natural?: NaturalEvidence
  /** Number of a night whose jobs it has, so that nothing is measured again. */
  readonly reuses?: number
}

/** Nights: unchanged, a stronger attack on one arm, unchanged again, one model 3 points worse. */
export const plantedNights: readonly Planted[] = [
  { commit: 'aaaaaaaaaaaa' },
  { commit: 'aaaaaaaaaaaa', reuses: 0 },
  { commit: 'bbbbbbbbbbbb', stronger: { arm: 'lr-logit', by: 60 } },
  { commit: 'cccccccccccc', stronger: { arm: 'lr-logit', by: 60 } },
  {
    commit: 'dddddddddddd',
    stronger: { arm: 'lr-logit', by: 60 },
    worse: { arm: 'bp', seed: 1, by: 30 },
    diverged: { arm: 'lr-logit', seed: 2 },
  },
]

/** A new folder with a results database of these nights. */
export async function nightliesFile(nights: readonly Planted[]): Promise<string> {
  const file = join(await newFolder('nights'), 'gauntlet.db')
  const store = await openStore(file)
  for (const night of nights.keys()) await writeNight(store, nights, night)
  await store.destroy()
  return file
}

/** Id of the execution of a night. */
export const nightlyId = (night: number) => `night-${night}`

async function writeNight(store: Store, nights: readonly Planted[], night: number): Promise<void> {
  const planted = nights[night]!
  const from = planted.reuses ?? night
  const id = nightlyId(night)
  const started = new Date(Date.UTC(2026, 10, 1 + night, 1)).toISOString()
  const plan_config = JSON.stringify({ name: 'watched', attacks: [{ strong: !!planted.stronger }] })
  await startNightly(store, { id, plan: 'watched', plan_config, started_at: started })
  const models = arms.flatMap(arm => seeds.map(seed => modelId(arm, seed, from)))
  const jobs = models.flatMap(model => [
    ...jobsOf(model),
    ...(planted.natural ? naturalJobs(model) : []),
  ])
  await enqueue(store, id, jobs)
  if (from === night) {
    const here = { ...environment, id: `environment-${night}`, commit_hash: planted.commit ?? null }
    await store.transaction().execute(async transaction => {
      await saveEnvironment(transaction, here)
      await saveDataset(transaction, dataset('glyphs', 4000, examples, 10))
      for (const arm of arms) {
        for (const seed of seeds) await writeModel(transaction, planted, arm, seed, night)
      }
    })
  }
  await store.updateTable('job').set({ state: 'done', seconds: 2, ended_at: started }).execute()
  const ended = new Date(Date.parse(started) + 900_000).toISOString()
  await endNightly(store, id, 'done', ended)
  const nightly = (await oneNightly(store, id))!
  await recordNightly({ store, nightly, place: null }, undefined, usualAlarms)
}

/** Id of a model that was trained in a night. */
export const modelId = (arm: string, seed: number, night: number) => `${arm}-${seed}-${night}`

function jobsOf(model: string): NewJob[] {
  const job = (id: string, kind: NewJob['kind'], needs: readonly string[]): NewJob => {
    return { id, kind, config: { id }, title: `${kind} ${id}`, cost: 1, needs }
  }
  return [
    job(model, 'train', []),
    ...['none', 'fgsm', 'pgd'].map(attack => job(`${model}.${attack}`, 'attack', [model])),
    job(`${model}.probe`, 'probe', [model]),
  ]
}

async function writeModel(
  store: Store,
  planted: Planted,
  arm: string,
  seed: number,
  night: number,
): Promise<void> {
  const id = modelId(arm, seed, night)
  const is = (one: { arm: string; seed: number } | undefined) =>
    one?.arm === arm && one.seed === seed
  const diverged = is(planted.diverged)
  const other = is(planted.worse)
  const weights = other ? `other-${arm}-${seed}` : `same-${arm}-${seed}`
  await saveModel(
    store,
    {
      id,
      dataset_id: 'dataset-glyphs',
      architecture: 'mlp',
      architecture_config: '{"name":"mlp"}',
      arm,
      estimator_config: JSON.stringify({ name: arm }),
      training_config: '{"epochs":4}',
      seed,
      pair_id: `pair-${seed}-${night}`,
      parameters: 1000,
      state: diverged ? 'diverged' : 'trained',
      updates: 100,
      forwards: 100,
      seconds: 10 + seed,
      clean_accuracy: diverged ? null : 0.9,
      checkpoint_sha256: diverged ? null : 'c',
      weights_sha256: diverged ? null : weights,
      environment_id: `environment-${night}`,
      created_at: '2026-11-01T01:00:00.000Z',
    },
    [],
  )
  if (diverged) return
  const lost = other ? planted.worse!.by : 0
  const turned = planted.stronger?.arm === arm ? planted.stronger.by : 0
  const margins = marginsOf(arm, seed)
  const right = (threshold: number, less: number) => {
    const above = margins.map((margin, at) => [margin, at] as const).sort(([a], [b]) => b - a)
    const kept = above.filter(([margin]) => margin > threshold).slice(0, examples)
    return new Set(kept.slice(0, kept.length - less).map(([, at]) => at))
  }
  const clean = right(0.1, lost)
  for (const [attack, threshold] of [
    ['none', 0.1],
    ['fgsm', 0.4],
    ['pgd', 0.5],
  ] as const) {
    await writeEvaluation(store, {
      ...{ id: `${id}.${attack}`, model: id, attack, environment: `environment-${night}` },
      clean,
      robust: attack === 'none' ? clean : right(threshold, turned),
    })
  }
  const environmentId = `environment-${night}`
  await writeProbe(store, id, arm, seed, environmentId)
  if (planted.natural) await writeNatural(store, id, environmentId, planted.natural)
}

function marginsOf(arm: string, seed: number): number[] {
  const random = uniform(100 * seed + arm.length)
  return Array.from({ length: examples }, () => random())
}

interface NewOutcomes {
  readonly id: string
  readonly model: string
  readonly attack: string
  readonly environment: string
  readonly clean: ReadonlySet<number>
  readonly robust: ReadonlySet<number>
}

async function writeEvaluation(store: Store, one: NewOutcomes): Promise<void> {
  const isClean = one.attack === 'none'
  const rows = Array.from({ length: examples }, (_, example) => {
    const label = example % 10
    const clean = one.clean.has(example)
    const robust = clean && one.robust.has(example)
    return {
      example,
      label,
      clean_prediction: clean ? label : label + 1,
      adversarial_prediction: robust ? label : label + 1,
      success: Number(clean && !robust),
      linf: isClean ? 0 : 0.1,
      l2: isClean ? 0 : 1,
      queries: 1,
    }
  })
  await saveEvaluation(
    store,
    {
      id: one.id,
      model_id: one.model,
      crafted_on: one.model,
      attack: one.attack,
      norm: 'linf',
      epsilon: isClean ? 0 : 0.1,
      attack_config: JSON.stringify({ name: one.attack }),
      seed: 0,
      n: examples,
      clean_correct: one.clean.size,
      robust_correct: rows.filter(row => row.adversarial_prediction === row.label).length,
      queries_mean: 1,
      seconds: 1,
      environment_id: one.environment,
      created_at: '2026-11-01T01:00:00.000Z',
    },
    rows,
  )
}

async function writeProbe(
  store: Store,
  model: string,
  arm: string,
  seed: number,
  environmentId: string,
): Promise<void> {
  const variance = (arm === 'bp' ? 2 : 4) * (1 + seed / 10)
  await saveProbe(store, [
    {
      id: `${model}.probe`,
      site: 'dense1',
      model_id: model,
      site_index: 0,
      site_kind: 'dense',
      estimator: 'lr-logit',
      copies: 16,
      sigma: 0.1,
      repeats: 20,
      batch: 50,
      parameters: 100,
      reference_norm: 1,
      variance,
      relative_variance: variance,
      cosine_mean: 1 / Math.sqrt(1 + variance),
      cosine_sd: 0.02,
      milliseconds: 3,
      environment_id: environmentId,
      estimator_config: '{"name":"lr-logit"}',
    },
  ])
}
