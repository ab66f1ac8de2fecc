import { generator } from '../../../src/random/generator.ts'
import {
  saveCertification,
  saveCorruptions,
  saveProbe,
  saveVerdict,
} from '../../../src/store/results.ts'
import type { Store } from '../../../src/store/store.ts'
import { environmentId, type Trained } from './models.ts'
import { hash, timeAt } from './names.ts'

/** One measurement besides attacks: its job's id, and how it is written. */
export interface Measured {
  readonly id: string
  readonly kind: 'probe' | 'corrupt' | 'certify' | 'check'
  readonly model: Trained
  readonly save: (store: Store, at: number) => Promise<void>
}

const corruptions = ['gaussian-noise', 'shot-noise', 'defocus-blur', 'fog', 'brightness', 'jpeg']
const severities = [1, 3, 5]
const steps = 50

/**
 * Two probes of every trained model (with steps where it remembers), corruptions of every model of
 * images, certificates of every fifth and a verdict on every third.
 */
export function measurements(models: readonly Trained[], seed: number): Measured[] {
  return models
    .filter(({ diverged }) => !diverged)
    .flatMap((model, at) => [
      probe(model, 4, seed),
      probe(model, 16, seed),
      ...(model.subject.kind === 'image'
        ? [
            corrupted(model),
            ...(at % 5 === 0 ? [certified(model, seed)] : []),
            ...(at % 3 === 0 ? [verdict(model)] : []),
          ]
        : []),
    ])
}

function probe(model: Trained, copies: number, seed: number): Measured {
  const id = hash('probe', model.id, copies)
  const sites = ['site1', 'site2', 'site3', 'site4']
  const random = generator(seed, 'probe', id)
  const rows = sites.map((site, index) => {
    const relative = (40 / copies) * 2 ** -index * (0.8 + 0.4 * random.uniform())
    return {
      ...{ id, site, model_id: model.id, site_index: index, estimator: 'lr-logit', copies },
      site_kind: model.subject.kind === 'memory' ? 'recurrent' : 'dense',
      ...{ sigma: 0.1, repeats: 20, batch: 50, parameters: 800, depth: 4, width: 32 },
      ...{ reference_norm: 0.5, variance: relative / 4, relative_variance: relative },
      cosine_mean: 1 / Math.sqrt(1 + relative),
      cosine_sd: 0.05,
      cosine_of_mean: 1 / Math.sqrt(1 + relative / 20),
      ...{ milliseconds: 3 + copies, forwards: copies, variance_time: relative * (3 + copies) },
      ...{ bias_clean: 0.3, bias_clean_resolution: 0.25, environment_id: environmentId },
      estimator_config: JSON.stringify({ name: 'lr-logit', noise: { sequence: 'random' } }),
    }
  })
  const remembered = model.subject.kind !== 'memory' ? [] : sites.slice(0, 2)
  const norms = remembered.flatMap(site =>
    Array.from({ length: steps }, (_, step) => {
      const size = Math.exp((step - steps) / 10)
      const [backprop_norm, estimate_norm] = [size, size + 1]
      return { probe_id: id, site, step, backprop_norm, estimate_norm, signal_norm: size }
    }),
  )
  return { id, kind: 'probe', model, save: store => saveProbe(store, rows, norms) }
}

function corrupted(model: Trained): Measured {
  const id = hash('corrupt', model.id)
  const n = 200
  const right = Math.round(n * model.accuracy)
  const rows = corruptions.flatMap((corruption, kind) =>
    severities.map(severity => ({
      ...{ id, model_id: model.id, corruption, severity, seed: 0, n, clean_correct: right },
      correct: Math.round(right * (1 - 0.03 * severity - 0.02 * kind)),
      environment_id: environmentId,
    })),
  )
  const save = (store: Store, at: number) =>
    saveCorruptions(
      store,
      rows.map(row => ({ ...row, created_at: timeAt(30_000 + at) })),
    )
  return { id, kind: 'corrupt', model, save }
}

function certified(model: Trained, seed: number): Measured {
  const id = hash('certify', model.id)
  const n = 200
  const random = generator(seed, 'certify', id)
  const certificates = Array.from({ length: n }, (_, example) => {
    const lower = random.uniform()
    const label = example % model.subject.classes
    return { example, label, prediction: lower > 0.5 ? label : null, radius: lower / 2, lower }
  })
  const options = { sigma: 0.25, selection: 100, estimation: 1000, alpha: 0.001, seconds: 60 }
  const save = (store: Store, at: number) =>
    saveCertification(
      store,
      {
        ...{ id, model_id: model.id, n, seed: 0, environment_id: environmentId, ...options },
        created_at: timeAt(40_000 + at),
      },
      certificates,
    )
  return { id, kind: 'certify', model, save }
}

function verdict(model: Trained): Measured {
  const id = hash('check', model.id)
  const findings = Array.from({ length: 33 }, (_, index) => ({
    ...{ number: index + 1, name: `check-${index + 1}`, part: null, meaning: 'masking' as const },
    verdict: 'passed' as const,
    ...{ value: 0.01, threshold: 0.02, evaluations: '[]' },
    detail: 'What was measured stays below what is allowed.',
  }))
  const save = (store: Store, at: number) =>
    saveVerdict(
      store,
      {
        ...{ id, model_id: model.id, norm: 'linf', epsilon: 0.1, n: 100, seed: 0, seconds: 45 },
        settings_config: '{"steps":20}',
        verdict: 'real',
        reasons: JSON.stringify(['33 checks passed.']),
        environment_id: environmentId,
        created_at: timeAt(50_000 + at),
      },
      findings,
    )
  return { id, kind: 'check', model, save }
}
