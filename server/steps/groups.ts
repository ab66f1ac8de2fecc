import { createHash } from 'node:crypto'
import type { StepGradients } from '../../src/store/queries/step-gradients.ts'
import { trainingOf } from '../probe.ts'
import type { StepGroup } from '../schemas/gradients.ts'
import { by, distinguishing } from '../settings.ts'

/**
 * Gradients by step of models that differ in the seed alone, at one site and with one estimator;
 * averaged over the models.
 */
export function stepGroups(probes: readonly StepGradients[]): StepGroup[] {
  const groups = [...by(probes, sameBut).values()].map(group => group as [StepGradients])
  const names = namesOf(groups.map(([first]) => first))
  return groups.map((group, at) => {
    const [first] = group
    const models = [...by(group, probe => probe.model_id).values()].map(mostRepeated)
    const found = models.map(({ steps }) => new Map(steps.map(one => [one.step, one])))
    const steps = [...new Set(found.flatMap(own => [...own.keys()]))].sort((a, b) => a - b)
    const accuracies = models.map(model => model.clean_accuracy).filter(value => value !== null)
    return {
      id: createHash('sha256').update(sameBut(first)).digest('hex').slice(0, 12),
      architecture: first.architecture,
      arm: first.arm,
      site: first.site,
      variant: names[at]!,
      training: trainingOf(first),
      engine: first.engine,
      copies: first.copies,
      sigma: first.sigma,
      repeats: Math.min(...models.map(model => model.repeats)),
      batch: Math.min(...models.map(model => model.batch)),
      chance: 1 / (JSON.parse(first.classes) as unknown[]).length,
      cleanAccuracy: accuracies.length > 0 ? mean(accuracies) : null,
      models: models.map(model => ({
        id: model.model_id,
        seed: model.seed,
        pair: model.pair_id,
        probe: model.probe_id,
        repeats: model.repeats,
        cleanAccuracy: model.clean_accuracy,
      })),
      steps: steps.map(step => {
        const here = found.map(own => own.get(step))
        return {
          step,
          backprop: overModels(here.map(one => one?.backprop ?? null)),
          estimate: overModels(here.map(one => one?.estimate ?? null)),
          signal: overModels(here.map(one => one?.signal ?? null)),
        }
      }),
    }
  })
}

/** What the models of a group have in common. */
function sameBut(probe: StepGradients): string {
  const { dataset_id, architecture_config, arm, estimator_config, training_config } = probe
  return JSON.stringify([
    [dataset_id, architecture_config, arm, estimator_config, training_config, probe.engine],
    [probe.site, probe.copies, probe.sigma, probe.probe_config],
  ])
}

/** Of a model that was measured more than once, the probe with the most estimates. */
function mostRepeated(probes: readonly StepGradients[]): StepGradients {
  return probes.toSorted((a, b) => b.repeats - a.repeats)[0]!
}

/** What tells each from the others of its architecture, arm and site. */
function namesOf(rows: readonly StepGradients[]): string[] {
  const alike = by(rows, row => JSON.stringify([row.architecture, row.arm, row.site]))
  const names = new Map<StepGradients, string>()
  for (const group of alike.values()) {
    const options = group.map(optionsOf)
    for (const [at, row] of group.entries()) names.set(row, distinguishing(options, at))
  }
  return rows.map(row => names.get(row)!)
}

function optionsOf(row: StepGradients): Record<string, unknown> {
  const { noise } = JSON.parse(row.probe_config ?? '{}') as Record<string, unknown>
  const arm = JSON.parse(row.estimator_config) as Record<string, unknown>
  return {
    K: row.copies,
    σ: row.sigma,
    noise,
    ...JSON.parse(row.architecture_config),
    ...JSON.parse(row.training_config),
    ...Object.fromEntries(Object.entries(arm).map(([key, value]) => [`${row.arm} ${key}`, value])),
    data: row.dataset_id,
    engine: row.engine,
  }
}

/** The geometric mean of what is there. */
function overModels(seeds: (number | null)[]): StepGroup['steps'][number]['backprop'] {
  const found = seeds.filter(value => value !== null)
  const average = found.length > 0 ? Math.exp(mean(found.map(Math.log))) : null
  return { mean: average, n: found.length, seeds }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
