import type { Summary } from '../server/schemas.ts'
import * as format from './format.ts'
import { h } from './h.ts'
import { navigation } from './pages/index.ts'
import { currentTheme, setTheme, type Theme, themes } from './theme.ts'

const badge = h('span', { class: 'badge', id: 'badge' }, ' ')

/** Head and foot of every page; the head marks the current one. */
export function drawFrame(path: string): void {
  const current = path.match(/^\/(runs|nightly)(?=\/)/)?.[0] ?? path
  document
    .getElementById('top')!
    .replaceChildren(
      h(
        'div',
        { class: 'bar' },
        h('a', { class: 'brand', href: '/' }, 'Gauntlet'),
        h(
          'nav',
          { 'aria-label': 'Pages' },
          ...navigation.map(([href, name]) =>
            h('a', { href, 'aria-current': href === current ? 'page' : undefined }, name),
          ),
        ),
        badge,
        themeSwitch(),
      ),
    )
  document
    .getElementById('bottom')!
    .replaceChildren(
      h(
        'div',
        { class: 'bar' },
        h('span', {}, 'Matched models under attack: every number with its interval and n.'),
        h('a', { href: '/api/v1/summary' }, 'API'),
      ),
    )
}

function themeSwitch(): HTMLElement {
  const current = currentTheme()
  const onchange = (event: Event) => setTheme((event.target as HTMLSelectElement).value as Theme)
  return h(
    'label',
    { class: 'theme' },
    h('span', { class: 'visually-hidden' }, 'Colours'),
    h(
      'select',
      { id: 'theme', onchange },
      ...themes.map(theme =>
        h('option', { value: theme, selected: theme === current }, names[theme]),
      ),
    ),
  )
}

const names: Readonly<Record<Theme, string>> = { auto: 'Auto', light: 'Light', dark: 'Dark' }

/** State of the latest nightly; undefined while the server cannot be reached. */
export function updateBadge(summary: Summary | undefined): void {
  const nightly = summary?.nightly
  if (!summary || !nightly) {
    badge.dataset.state = summary ? 'none' : 'offline'
    badge.textContent = summary ? 'no nightly yet' : 'server unreachable'
    badge.title = ''
    return
  }
  const { plan, state, jobs, startedAt, endedAt } = nightly
  badge.dataset.state = state
  const failed = jobs.failed > 0 ? `, ${jobs.failed} failed` : ''
  badge.textContent = `${plan}: ${state}, ${jobs.done} of ${jobs.total} jobs${failed}`
  badge.title =
    `started ${format.time(startedAt)} (${format.ago(startedAt, Date.now())})` +
    (endedAt ? `, ended ${format.time(endedAt)}` : '')
}
