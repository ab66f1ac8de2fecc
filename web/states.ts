import type { Summary } from '../server/schemas/summary.ts'
import { ApiError } from './api.ts'
import { plural } from './format.ts'
import { h } from './h.ts'

/** Grey shapes of the size of what is being loaded, so that nothing moves when it comes. */
export function skeleton(...heights: readonly number[]): HTMLElement {
  return h(
    'div',
    { class: 'skeleton', 'aria-hidden': 'true' },
    ...heights.map(height => h('div', { class: `bone bone-${height}` })),
  )
}

/** There is nothing yet, and how to change that. */
export function empty(title: string, text: string, command?: string): HTMLElement {
  return h(
    'section',
    { class: 'card state', 'data-state': 'empty' },
    h('h2', {}, title),
    h('p', {}, text),
    command ? h('pre', {}, h('code', {}, command)) : null,
  )
}

/** The state of a database without anything to show on this page. */
export function nothingYet({ counts, nightly }: Summary): HTMLElement {
  if (nightly?.state === 'running') {
    const done = `${plural(nightly.jobs.done, 'job')} of ${nightly.jobs.total} done`
    return empty('The first results are being made', `${done}. This page fills by itself.`)
  }
  if (counts.models > 0) {
    const text =
      `${plural(counts.models, 'model')} trained, nothing to show on this page; see Runs. ` +
      'For models under attack and their gradients, type:'
    return empty('Nothing to show yet', text, 'npm run nightly')
  }
  const text = 'A night trains matched models, attacks them and measures their gradients. Type:'
  return empty('No runs yet', text, 'npm run nightly')
}

/** The probes that there are do not differ in anything that they could be drawn against. */
export function noSweep(): HTMLElement {
  const text =
    'A sweep measures the gradients of networks of many sizes, with many copies or much noise. ' +
    'This one takes ten minutes on two cores:'
  return empty('No sweep yet', text, 'npx gauntlet probe --plan probe-depth-width')
}

/** No gradient was measured of the chosen models. */
export function noProbes(): HTMLElement {
  const text = 'This trains small models and measures their gradients, in a minute on two cores:'
  return empty('No gradients probed here yet', text, 'npx gauntlet probe --plan probe-quick')
}

/** No network on the data set was measured step by step. */
export function noSteps(): HTMLElement {
  const text =
    'Recurrent networks have a gradient at every step of a sequence. This measures where it ' +
    'vanishes, in ten minutes on one core:'
  return empty('No gradients by time step yet', text, 'npx gauntlet probe --plan memory')
}

/** Something is there, but not under these filters. */
export function filteredOut(text: string, clear: string): HTMLElement {
  return h(
    'section',
    { class: 'card state', 'data-state': 'filtered' },
    h('h2', {}, 'Nothing matches'),
    h('p', {}, text),
    h('p', {}, h('a', { class: 'button', href: clear }, 'Clear filters')),
  )
}

/** The answer did not come: what was said, the request's id, and another try. */
export function failed(error: unknown, retry: () => void): HTMLElement {
  const message = error instanceof Error ? error.message : String(error)
  const id = error instanceof ApiError ? error.requestId : undefined
  return h(
    'section',
    { class: 'card state error', role: 'alert', 'data-state': 'error' },
    h('h2', {}, 'This could not be loaded'),
    h('p', {}, message),
    id ? h('p', { class: 'muted' }, 'Request ', h('code', {}, id)) : null,
    h('button', { type: 'button', class: 'button', id: 'retry', onclick: retry }, 'Try again'),
  )
}
