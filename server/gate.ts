import type { Store } from '../src/store/store.ts'
import { HttpProblem } from './problem.ts'

/** Lets a few pieces of work in at a time; the next ones wait, and too many are turned away. */
export type Gate = <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>

/**
 * A gate for work on a database.
 *
 * @param atOnce pieces of work at the same time
 * @param waiting how many may wait; one more is a 429. Whose signal aborts waits no longer
 */
export function createGate(atOnce: number, waiting: number): Gate {
  let inside = 0
  const queue: (() => void)[] = []
  return async (work, signal) => {
    if (inside >= atOnce) {
      if (queue.length >= waiting) throw busy()
      await turn(queue, signal)
    } else inside++
    try {
      return await work()
    } finally {
      const next = queue.shift()
      if (next) next()
      else inside--
    }
  }
}

function turn(queue: (() => void)[], signal: AbortSignal | undefined): Promise<void> {
  return new Promise((enter, leave) => {
    queue.push(enter)
    signal?.addEventListener('abort', () => {
      const at = queue.indexOf(enter)
      if (at < 0) return
      queue.splice(at, 1)
      leave(busy())
    })
  })
}

function busy(): HttpProblem {
  return new HttpProblem(429, 'too many queries and exports at once; try again in a moment')
}

const gates = new WeakMap<Store, Gate>()

/**
 * The gate of everything that can take seconds. SQLite works in Node's pool of four threads, of
 * which this leaves two to the dashboard.
 */
export function heavyGate(store: Store): Gate {
  const gate = gates.get(store) ?? createGate(2, 8)
  gates.set(store, gate)
  return gate
}
