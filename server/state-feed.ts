import { setTimeout } from 'node:timers/promises'
import { dataVersion } from '../src/store/data-version.ts'
import { counts } from '../src/store/queries/counts.ts'
import { runningTitles } from '../src/store/queries/running-jobs.ts'
import type { Store } from '../src/store/store.ts'
import { nightlyState } from './nightly-state.ts'
import type { StateEvent } from './schemas/events.ts'

/** What somebody who follows the state is told. */
export interface Follower {
  /** The state, now and whenever it has changed. */
  readonly state: (event: StateEvent) => void
  /** Nothing has changed for a while. */
  readonly quiet: () => void
  /** The database cannot be read any more; nothing follows. */
  readonly lost: () => void
}

/** Lets any number of followers share one look at the database. */
export interface StateFeed {
  readonly followers: () => number
  /**
   * Follows the state until the function that it gives is called.
   *
   * @throws WorkError if the database cannot be read
   */
  readonly follow: (follower: Follower) => Promise<() => unknown>
}

const lookMilliseconds = 1_000
/** So many looks without news, and a sign of life is given. */
const quietLooks = 15

/** A feed that looks at the database once a second while somebody follows, and else never. */
export function createStateFeed(store: Store): StateFeed {
  const followers = new Set<Follower>()
  let looking = false
  let version: number | undefined
  let sent = ''
  let quiet = 0

  async function look(): Promise<void> {
    const now = await dataVersion(store)
    const event = now === version ? undefined : await stateOf(store)
    version = now
    const text = event && JSON.stringify(event)
    if (event && text !== undefined && text !== sent) {
      sent = text
      quiet = 0
      for (const follower of followers) follower.state(event)
    } else if (++quiet % quietLooks === 0) {
      for (const follower of followers) follower.quiet()
    }
  }

  async function keepLooking(): Promise<void> {
    looking = true
    version = undefined
    sent = ''
    while (followers.size > 0) {
      await setTimeout(lookMilliseconds, undefined, { ref: false })
      await look().catch(() => {
        for (const follower of followers) follower.lost()
        followers.clear()
      })
    }
    looking = false
  }

  return {
    followers: () => followers.size,
    async follow(follower) {
      follower.state(await stateOf(store))
      followers.add(follower)
      if (!looking) keepLooking()
      return () => followers.delete(follower)
    },
  }
}

async function stateOf(store: Store): Promise<StateEvent> {
  const nightly = await nightlyState(store)
  return {
    counts: await counts(store),
    nightly,
    running: nightly ? [...(await runningTitles(store, nightly.id))] : [],
  }
}
