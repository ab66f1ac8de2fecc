import type { Setting } from '../../server/schemas/settings.ts'
import type { Summary } from '../../server/schemas/summary.ts'
import * as format from '../format.ts'
import { type Option, picker } from '../pickers.ts'
import { choice } from '../url-state.ts'

type Group = Summary['groups'][number]

/** Data set and architecture that the address names, or the first ones. */
export interface Selection {
  readonly dataset: string
  readonly architecture: string
  readonly group: Group | undefined
}

/** Picks what can be shown: a choice that does not exist falls back to one that does. */
export function select(params: URLSearchParams, groups: readonly Group[]): Selection {
  const datasets = [...new Set(groups.map(group => group.dataset))]
  const dataset = choice(params, 'dataset', datasets, datasets[0] ?? '')
  const here = groups.filter(group => group.dataset === dataset)
  const names = here.map(group => group.architecture)
  const architecture = choice(params, 'architecture', names, names[0] ?? '')
  return { dataset, architecture, group: here.find(one => one.architecture === architecture) }
}

/** Pickers of data set and architecture. */
export function selectionPickers(groups: readonly Group[], chosen: Selection): HTMLElement[] {
  const reset = ['setting', 'epsilon', 'attack', 'norm', 'arm', 'copies', 'sigma']
  const steps = ['steps-network', 'steps-arm', 'steps-site', 'steps-models']
  const architectures = groups
    .filter(group => group.dataset === chosen.dataset)
    .map(group => plain(group.architecture))
  const datasets = [...new Set(groups.map(group => group.dataset))].map(plain)
  return [
    picker('Data set', 'dataset', datasets, chosen.dataset, ['architecture', ...reset, ...steps]),
    picker('Architecture', 'architecture', architectures, chosen.architecture, reset),
  ]
}

/** Picker of the setting; only where there is more than one. */
export function settingPicker(settings: readonly Setting[], chosen: Setting | null) {
  if (settings.length < 2 || !chosen) return false
  const options = settings.map(setting => ({
    value: setting.id,
    text: [
      ...differing(setting, settings),
      format.time(setting.createdAt).slice(0, 16),
      `${format.count(setting.trainCount)} examples`,
    ].join(', '),
  }))
  return picker('Training', 'setting', options, chosen.id, ['epsilon'])
}

/** The options of a setting's architecture that tell it from others, e.g. `depth 8`. */
function differing(setting: Setting, settings: readonly Setting[]): string[] {
  return Object.entries(setting.architectureConfig)
    .filter(([option, value]) =>
      settings.some(
        other => JSON.stringify(other.architectureConfig[option]) !== JSON.stringify(value),
      ),
    )
    .map(([option, value]) => `${option} ${String(value)}`)
}

function plain(value: string): Option {
  return { value, text: value }
}
