import { h } from './h.ts'

/** A card of settings by name; nested ones under their paths. */
export function settingsCard(
  title: string,
  values: Readonly<Record<string, unknown>>,
): HTMLElement {
  return h('div', { class: 'card' }, h('h3', {}, title), h('dl', {}, ...terms(values, '')))
}

/** Nested values as paths, e.g. `optimiser.momentum`. */
function terms(values: Readonly<Record<string, unknown>>, prefix: string): HTMLElement[] {
  return Object.entries(values).flatMap(([key, value]) => {
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      return terms(value as Record<string, unknown>, `${prefix}${key}.`)
    }
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return [h('div', {}, h('dt', {}, prefix + key), h('dd', {}, text))]
  })
}
