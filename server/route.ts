import type { RequestHandler } from 'express'
import type { ZodObject, ZodType } from 'zod'
import type { Store } from '../src/store/store.ts'

/** Folders that a route may read besides the database. */
export interface Files {
  /** The results folder, where adversarial examples and checkpoints lie. */
  readonly results: string
  /** Searched for data sets before `GAUNTLET_DATA` and `./data`. */
  readonly data?: string | undefined
}

/** One address of the API: what it takes and gives, and what answers. */
export interface Route {
  /** Express pattern below `/api/v1`. */
  readonly path: string
  /** One line on what the answer holds. */
  readonly summary: string
  readonly params?: ZodObject
  readonly query?: ZodObject
  /** The body of the answer; a text for what is not JSON. */
  readonly answer: ZodType
  /** Media types of the answer; JSON if left out. */
  readonly produces?: readonly string[]
  /**
   * False where the answer depends on more than the address and the database, as on the time, or is
   * no JSON that should stay in memory.
   */
  readonly kept?: false
  readonly handler: (store: Store, files: Files) => RequestHandler
}
