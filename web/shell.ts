import { navigation } from '../server/pages.ts'
import type { Summary } from '../server/schemas/summary.ts'
import * as format from './format.ts'
import { h } from './h.ts'
import { currentTheme, setTheme, type Theme, themes } from './theme.ts'

const badge = h('span', { class: 'badge', id: 'badge' }, ' ')

/** Head and foot of every page; the head marks the current one. */
export function drawFrame(path: string): void {
  const current =
    path === '/compare' ? '/runs' : (path.match(/^\/(runs|nightly)(?=\/)/)?.[0] ?? path)
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
        h(
          'span',
          {},
          h('a', { href: '/api/v1/summary' }, 'API'),
          ' · ',
          h('a', { href: '/api/v1/openapi.json' }, 'OpenAPI'),
        ),
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

/** What the badge shows of the latest nightly. */
export interface BadgeState {
  readonly nightly: Summary['nightly']
  /** Titles of the jobs that are being done, where they are known. */
  readonly running?: readonly string[]
  /** Whether it was so when it was last heard of, and nothing is known since. */
  readonly stale?: boolean
}

/** State of the latest nightly; undefined while the server cannot be reached. */
export function updateBadge(state: BadgeState | undefined): void {
  const nightly = state?.nightly
  badge.style.removeProperty('--done')
  badge.toggleAttribute('data-stale', state?.stale === true)
  if (!state || !nightly) {
    badge.dataset.state = state ? 'none' : 'offline'
    badge.textContent = state ? 'no nightly yet' : 'server unreachable'
    badge.title = ''
    return
  }
  const { plan, jobs, startedAt, endedAt } = nightly
  const failed = jobs.failed > 0 ? `${jobs.failed} failed, ` : ''
  const stale = state.stale ? ' (connection lost)' : ''
  badge.dataset.state = nightly.state
  badge.textContent = `${plan}${stale}: ${nightly.state}, ${failed}${jobs.done} of ${jobs.total} jobs`
  if (nightly.state === 'running' && jobs.total > 0) {
    badge.style.setProperty('--done', `${(100 * jobs.done) / jobs.total}%`)
  }
  badge.title = [
    badge.textContent,
    `started ${format.time(startedAt)} (${format.ago(startedAt, Date.now())})` +
      (endedAt ? `, ended ${format.time(endedAt)}` : ''),
    ...(state.running ?? []).map(title => `now: ${title}`),
  ].join('\n')
}
