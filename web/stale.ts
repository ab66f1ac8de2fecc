import { h } from './h.ts'
import { time } from './time.ts'

let asked = new Date()
let notice: HTMLElement | undefined

/** The server has answered: what is on the page is as new as what it has. */
export function markFresh(): void {
  asked = new Date()
  notice?.remove()
  notice = undefined
}

/** The server does not answer: says how old the page is, once, until it answers again. */
export function markStale(): void {
  if (notice) return
  notice = h(
    'p',
    { class: 'stale', role: 'status', 'data-state': 'stale' },
    'The server cannot be reached; this page shows what it had at ',
    time(asked.toISOString()),
    '. It is asked again every few seconds.',
  )
  document.getElementById('top')!.after(notice)
}
