import { createHash } from 'node:crypto'
import type { ModelRow } from '../src/store/queries/models.ts'
import type { Robustness } from './schemas/robustness.ts'
import type { Series, Setting } from './schemas/settings.ts'

type LeftOut = Robustness['leftOut'][number]

/** A setting with its models, of which no two may be compared with those of another setting. */
export interface SettingGroup {
  readonly setting: Setting
  readonly models: readonly ModelRow[]
}

/**
 * Sorts models into settings: pairs whose data, architecture and training agree. The pair decides,
 * not the single model, so an arm that needs its own gradient clipping stays with its twin.
 * Newest setting first.
 */
export function groupBySetting(models: readonly ModelRow[]): SettingGroup[] {
  const groups = new Map<string, ModelRow[]>()
  for (const pair of by(models, model => model.pair_id).values()) {
    const [twin] = [...pair].sort((a, b) => order(a.arm, b.arm) || order(a.id, b.id))
    const key = settingId(twin!)
    groups.set(key, [...(groups.get(key) ?? []), ...pair])
  }
  return [...groups]
    .map(([id, rows]) => ({ setting: describe(id, rows), models: rows }))
    .sort((a, b) => order(b.setting.createdAt, a.setting.createdAt))
}

/** The setting asked for, or the newest one; undefined if there is none. */
export function chooseSetting(groups: readonly SettingGroup[], id: string | undefined) {
  return id === undefined ? groups[0] : groups.find(group => group.setting.id === id)
}

/**
 * The models that can be compared, by series: of every pair that holds a trained backprop model
 * and a trained partner. What is left out is listed with the reason.
 */
export function matchedSeries(models: readonly ModelRow[]): {
  readonly series: Series[]
  readonly leftOut: LeftOut[]
  readonly pairs: ReadonlyMap<string, string>
} {
  const kept: ModelRow[] = []
  const leftOut: LeftOut[] = []
  for (const pair of by(models, model => model.pair_id).values()) {
    const trained = pair.filter(model => model.state === 'trained')
    const arms = new Set(trained.map(model => model.arm))
    const matched = arms.has('bp') && arms.size > 1
    for (const model of pair) {
      if (matched && model.state === 'trained') kept.push(model)
      else {
        const reason = model.state === 'diverged' ? 'diverged' : 'no partner'
        leftOut.push({ id: model.id, arm: model.arm, seed: model.seed, reason })
      }
    }
  }
  return { series: toSeries(kept), leftOut, pairs: new Map(kept.map(row => [row.id, row.pair_id])) }
}

function toSeries(models: readonly ModelRow[]): Series[] {
  return [...by(models, model => model.arm)]
    .sort(([a], [b]) => order(a, b))
    .flatMap(([arm, rows]) => {
      const estimators = [...by(rows, row => row.estimator_config)]
      const configs = estimators.map(([config]) => JSON.parse(config) as Record<string, unknown>)
      return estimators.map(([, members], index): Series => {
        const variant = configs.length > 1 ? distinguishing(configs, index) : ''
        return {
          key: variant ? `${arm} (${variant})` : arm,
          arm,
          variant,
          estimator: configs[index]!,
          models: newestOfEachSeed(members),
        }
      })
    })
}

/** The options in which one configuration differs from the others, e.g. `copies 16`. */
export function distinguishing(configs: readonly Record<string, unknown>[], index: number): string {
  const own = configs[index]!
  return Object.keys(own)
    .filter(key => configs.some(other => JSON.stringify(other[key]) !== JSON.stringify(own[key])))
    .map(key => `${key} ${typeof own[key] === 'object' ? JSON.stringify(own[key]) : own[key]}`)
    .join(', ')
}

/** Rows come oldest first, so that a later model of the same seed takes the earlier one's place. */
function newestOfEachSeed(rows: readonly ModelRow[]): Series['models'] {
  const newest = new Map(rows.map(row => [row.seed, row]))
  return [...newest.values()]
    .sort((a, b) => a.seed - b.seed)
    .map(row => ({
      id: row.id,
      seed: row.seed,
      cleanAccuracy: row.clean_accuracy,
      engine: row.engine,
    }))
}

function describe(id: string, rows: readonly ModelRow[]): Setting {
  const [first] = rows
  return {
    id,
    datasetId: first!.dataset_id,
    dataset: first!.dataset,
    trainCount: first!.train_count,
    testCount: first!.test_count,
    classes: (JSON.parse(first!.classes) as unknown[]).length,
    architecture: first!.architecture,
    architectureConfig: JSON.parse(first!.architecture_config),
    trainingConfig: JSON.parse(first!.training_config),
    models: rows.length,
    createdAt: rows
      .map(row => row.created_at)
      .sort()
      .at(-1)!,
  }
}

function settingId(model: ModelRow): string {
  const { dataset_id, architecture_config, training_config } = model
  return createHash('sha256')
    .update(JSON.stringify([dataset_id, architecture_config, training_config]))
    .digest('hex')
    .slice(0, 12)
}

/** Groups in the order of first appearance. */
export function by<T, K>(values: readonly T[], key: (value: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const value of values) {
    const group = groups.get(key(value))
    if (group) group.push(value)
    else groups.set(key(value), [value])
  }
  return groups
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
