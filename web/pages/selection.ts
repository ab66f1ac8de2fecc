import type { Setting, Summary } from '../../server/schemas.ts'
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
  const reset = ['setting', 'epsilon', 'attack', 'norm', 'arm', 'copies']
  const architectures = groups
    .filter(group => group.dataset === chosen.dataset)
    .map(group => plain(group.architecture))
  const datasets = [...new Set(groups.map(group => group.dataset))].map(plain)
  return [
    picker('Data set', 'dataset', datasets, chosen.dataset, ['architecture', ...reset]),
    picker('Architecture', 'architecture', architectures, chosen.architecture, reset),
  ]
}

/** Picker of the setting; only where there is more than one. */
export function settingPicker(settings: readonly Setting[], chosen: Setting | null) {
  if (settings.length < 2 || !chosen) return false
  const options = settings.map(setting => ({
    value: setting.id,
    text: `${format.time(setting.createdAt).slice(0, 16)}, ${format.count(setting.trainCount)} images`,
  }))
  return picker('Training', 'setting', options, chosen.id, ['epsilon'])
}

function plain(value: string): Option {
  return { value, text: value }
}
