import { h } from './h.ts'
import { go } from './navigation.ts'
import { withChanges } from './url-state.ts'

/** One thing to choose from, as it stands in the address and as people read it. */
export interface Option {
  readonly value: string
  readonly text: string
}

/** A select whose value lives in the address. */
export function picker(
  label: string,
  name: string,
  options: readonly Option[],
  chosen: string,
  /** Other parameters that do not outlive the change. */
  reset: readonly string[] = [],
): HTMLElement {
  const onchange = (event: Event) => {
    const { value } = event.target as HTMLSelectElement
    const cleared = Object.fromEntries(reset.map(key => [key, undefined]))
    go(withChanges(location.pathname + location.search, { ...cleared, [name]: value }))
  }
  return h(
    'label',
    { class: 'picker' },
    h('span', {}, label),
    h(
      'select',
      { id: `pick-${name}`, name, onchange, disabled: options.length < 2 },
      ...options.map(({ value, text }) => h('option', { value, selected: value === chosen }, text)),
    ),
  )
}

/** A row of pickers. */
export function pickers(label: string, ...all: readonly (HTMLElement | false)[]): HTMLElement {
  return h('form', { class: 'pickers', 'aria-label': label, onsubmit: stop }, ...all)
}

function stop(event: Event): void {
  event.preventDefault()
}
