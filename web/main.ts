/**
 * The dashboard: draws the view that the address names, and draws it again when the server says that
 * there is something new.
 */
import type { StateEvent } from '../server/schemas/events.ts'
import type { Summary } from '../server/schemas/summary.ts'
import { get } from './api.ts'
import { sweepCharts } from './figure.ts'
import { followState } from './follow.ts'
import * as format from './format.ts'
import { h } from './h.ts'
import { announce } from './live.ts'
import { startNavigation } from './navigation.ts'
import { pageAt } from './pages/index.ts'
import { drawFrame, updateBadge } from './shell.ts'
import { markFresh, markStale } from './stale.ts'
import { failed, skeleton } from './states.ts'
import { startTheme } from './theme.ts'

const main = document.getElementById('main')!
let summary: Summary | undefined
let drawnPath = ''
let drawing = 0

/** Draws the current address; an answer that comes after another step was taken is dropped. */
async function draw(): Promise<void> {
  const mine = ++drawing
  const path = location.pathname
  const moved = path !== drawnPath
  if (moved) drawFrame(path)
  if (moved) main.replaceChildren(skeleton(60, 160, 460))
  main.setAttribute('aria-busy', 'true')
  try {
    summary = await get<Summary>('/summary')
    const params = new URLSearchParams(location.search)
    const page = await pageAt(path)({ path, params, summary })
    if (mine !== drawing) return
    updateBadge(summary)
    markFresh()
    document.title = `${page.title} · Gauntlet`
    show(page.content, moved)
  } catch (error) {
    if (mine !== drawing) return
    document.title = 'Error · Gauntlet'
    show([h('h1', {}, 'Gauntlet'), failed(error, draw)], moved)
  }
  drawnPath = path
}

/** Puts content on the page; in the same view, focus and open tables stay as they were. */
function show(content: readonly Node[], moved: boolean): void {
  const focused = main.contains(document.activeElement) ? document.activeElement?.id : undefined
  const open = [...main.querySelectorAll('details[open]')].map(details => details.id)
  const height = moved ? 0 : main.offsetHeight
  main.style.minHeight = `${height}px`
  main.replaceChildren(...content)
  main.removeAttribute('aria-busy')
  for (const id of open) document.getElementById(id)?.setAttribute('open', '')
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true })
  if (moved) {
    if (drawnPath) main.focus({ preventScroll: true })
    const place = document.getElementById(location.hash.slice(1))
    if (place) place.scrollIntoView()
    else scrollTo(0, 0)
  }
  requestAnimationFrame(() => {
    sweepCharts()
    main.style.minHeight = ''
  })
}

/** Takes what is new; only what changed is drawn again. */
async function take(fresh: StateEvent | Summary): Promise<void> {
  const known = summary
  updateBadge(fresh)
  markFresh()
  if (!known || JSON.stringify(fresh.counts) === JSON.stringify(known.counts)) return
  await draw()
  const { models, evaluations } = fresh.counts
  announce(
    `Updated: ${format.plural(models, 'model')}, ${format.plural(evaluations, 'evaluation')}`,
  )
}

startTheme()
startNavigation(draw)
await draw()
followState({
  state: take,
  stale: () => updateBadge(summary && { ...summary, stale: true }),
  unreachable: () => {
    updateBadge(undefined)
    markStale()
  },
})
