import { createHash } from 'node:crypto'
import { trainingOf } from '../probe.ts'
import type { StepGroup } from '../schemas.ts'
import { by, distinguishing } from '../settings.ts'
import type { StepGradientRow } from './step-gradients.ts'

/**
 * Gradients by step of models that differ in the seed alone, at one site and with one estimator;
 * averaged over the models.
 */
export function stepGroups(rows: readonly StepGradientRow[]): StepGroup[] {
  const groups = [...by(rows, sameBut).values()].map(group => group as [StepGradientRow])
  const names = namesOf(groups.map(([first]) => first))
  return groups.map((group, at) => {
    const [first] = group
    const models = [...by(group, row => row.model_id).values()].map(mostRepeated)
    const steps = [...new Set(models.flat().map(row => row.step))].sort((a, b) => a - b)
    const accuracies = models.map(([row]) => row!.clean_accuracy).filter(value => value !== null)
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
      repeats: Math.min(...models.map(([row]) => row!.repeats)),
      batch: Math.min(...models.map(([row]) => row!.batch)),
      chance: 1 / (JSON.parse(first.classes) as unknown[]).length,
      cleanAccuracy: accuracies.length > 0 ? mean(accuracies) : null,
      models: models.map(([row]) => ({
        id: row!.model_id,
        seed: row!.seed,
        pair: row!.pair_id,
        probe: row!.probe_id,
        repeats: row!.repeats,
        cleanAccuracy: row!.clean_accuracy,
      })),
      steps: steps.map(step => {
        const here = models.map(model => model.find(row => row.step === step))
        return {
          step,
          backprop: overModels(here.map(row => row?.backprop_norm ?? null)),
          estimate: overModels(here.map(row => row?.estimate_norm ?? null)),
          signal: overModels(here.map(row => row?.signal_norm ?? null)),
        }
      }),
    }
  })
}

/** What the models of a group have in common. */
function sameBut(row: StepGradientRow): string {
  const { dataset_id, architecture_config, arm, estimator_config, training_config } = row
  return JSON.stringify([
    [dataset_id, architecture_config, arm, estimator_config, training_config, row.engine],
    [row.site, row.copies, row.sigma, row.probe_config],
  ])
}

/** Of a model that was measured more than once, the probe with the most estimates. */
function mostRepeated(rows: readonly StepGradientRow[]): StepGradientRow[] {
  const probes = [...by(rows, row => row.probe_id).values()]
  return probes.sort((a, b) => b[0]!.repeats - a[0]!.repeats)[0]!
}

/** What tells each from the others of its architecture, arm and site. */
function namesOf(rows: readonly StepGradientRow[]): string[] {
  const alike = by(rows, row => JSON.stringify([row.architecture, row.arm, row.site]))
  const names = new Map<StepGradientRow, string>()
  for (const group of alike.values()) {
    const options = group.map(optionsOf)
    for (const [at, row] of group.entries()) names.set(row, distinguishing(options, at))
  }
  return rows.map(row => names.get(row)!)
}

function optionsOf(row: StepGradientRow): Record<string, unknown> {
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
