import type { StateEvent } from '../server/schemas/events.ts'
import type { Summary } from '../server/schemas/summary.ts'
import { get } from './api.ts'

/** What becomes of the state that is followed. */
export interface Following {
  /** How it is now. */
  readonly state: (state: StateEvent | Summary) => unknown
  /** The events have broken off: what was told last may be out of date. */
  readonly stale: () => void
  /** Nor does the server answer a question. */
  readonly unreachable: () => void
}

const pollMilliseconds = 10_000

/**
 * Follows the state of the database through the server's events; while they do not come, asks every
 * ten seconds. A hidden page does neither: browsers keep few connections to one server.
 */
export function followState(following: Following): void {
  let source: EventSource | undefined
  let connected = false

  function open(): void {
    const events = new EventSource('/api/v1/events')
    source = events
    events.addEventListener('state', event => {
      connected = true
      following.state(JSON.parse(event.data) as StateEvent)
    })
    events.addEventListener('error', () => {
      if (source !== events) return
      if (connected) following.stale()
      connected = false
      // After an answer that is no stream the browser does not try again by itself.
      if (events.readyState === EventSource.CLOSED) source = undefined
    })
  }

  function close(): void {
    source?.close()
    source = undefined
    connected = false
  }

  async function poll(): Promise<void> {
    if (document.hidden || connected) return
    try {
      following.state(await get<Summary>('/summary'))
    } catch {
      following.unreachable()
    }
    if (!source && !document.hidden) open()
  }

  document.addEventListener('visibilitychange', () => {
    if (document.hidden) close()
    else if (!source) open()
  })
  addEventListener('pagehide', close)
  addEventListener('pageshow', event => {
    if (event.persisted && !source) open()
  })
  setInterval(poll, pollMilliseconds)
  if (!document.hidden) open()
}
