/**
 * Gradients by step that can be checked by hand: an Elman network on `echo`, three steps, two arms
 * with two seeds each.
 */
import { saveDataset, saveEnvironment, saveProbe } from '../../src/store/results.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { dataset, environment, idOf, model, resultsFile } from './fixture.ts'

interface Norms {
  readonly backprop: readonly number[]
  readonly estimate: readonly number[]
  readonly signal: readonly (number | null)[]
}

/** What was measured of each model, from the first step to the last. */
export const measured = {
  'bp 0': { backprop: [1e-3, 0.1, 1], estimate: [2, 2, 2], signal: [null, 0.1, 1] },
  'bp 1': { backprop: [1e-5, 0.4, 1], estimate: [2, 2, 8], signal: [0.05, 0.4, 1] },
  'lr-logit 0': { backprop: [0.5, 0.7, 1], estimate: [3, 3, 3], signal: [null, null, null] },
  'lr-logit 1': { backprop: [0.5, 0.7, 1], estimate: [3, 3, 3], signal: [null, null, 0.2] },
} as const satisfies Record<string, Norms>

/** Share of the test split that each model has right. */
export const accuracies = { 'bp 0': 0.9, 'bp 1': 0.7, 'lr-logit 0': 0.95, 'lr-logit 1': 0.5 }

/** A new folder with a results database that holds these rows. */
export async function stepResultsFile(): Promise<string> {
  const file = await resultsFile({ filled: false })
  const store = await openStore(file)
  await store.transaction().execute(fillSteps)
  await store.destroy()
  return file
}

async function fillSteps(store: Store): Promise<void> {
  await saveEnvironment(store, environment)
  await saveDataset(store, dataset('echo', 200, 100, 8))
  for (const [name, norms] of Object.entries(measured)) {
    const [arm = '', seed] = name.split(' ')
    const one = { arm, seed: Number(seed), architecture: 'elman' }
    await model(store, { ...one, accuracy: accuracies[name as keyof typeof accuracies] }, 'echo')
    await probe(store, idOf(one), { copies: 32, repeats: 10 }, norms)
  }
  const twice = idOf({ arm: 'bp', seed: 0, architecture: 'elman' })
  const other = { backprop: [9, 9, 9], estimate: [9, 9, 9], signal: [9, 9, 9] }
  await probe(store, twice, { copies: 32, repeats: 4 }, other)
  await probe(store, twice, { copies: 64, repeats: 10 }, other)
}

async function probe(
  store: Store,
  id: string,
  { copies, repeats }: { readonly copies: number; readonly repeats: number },
  { backprop, estimate, signal }: Norms,
): Promise<void> {
  const site = { id: `${id}.${copies}.${repeats}`, site: 'recurrent1' }
  const row = {
    ...site,
    model_id: id,
    site_index: 1,
    site_kind: 'recurrent',
    estimator: 'lr-logit',
    copies,
    sigma: 0.1,
    repeats,
    batch: 20,
    parameters: 400,
    reference_norm: 0.5,
    variance: 0.25,
    relative_variance: 1,
    cosine_mean: 0.7,
    cosine_sd: 0.05,
    cosine_of_mean: 0.9,
    milliseconds: 3,
    environment_id: environment.id,
    estimator_config: JSON.stringify({ name: 'lr-logit', noise: { sequence: 'random' } }),
    depth: 3,
    width: 32,
  }
  const steps = backprop.map((norm, step) => ({
    probe_id: site.id,
    site: site.site,
    step,
    backprop_norm: norm,
    estimate_norm: estimate[step]!,
    signal_norm: signal[step]!,
  }))
  await saveProbe(store, [row], steps)
}
