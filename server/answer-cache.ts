import type { RequestHandler } from 'express'
import { databaseVersion } from '../src/store/queries/database-version.ts'
import type { Store } from '../src/store/store.ts'
import { type Answer, sendAnswer } from './json.ts'

/** An answer that is there or on its way; undefined where there came no JSON. */
interface Entry {
  readonly answer: Promise<Answer | undefined>
  bytes: number
}

/**
 * Keeps the JSON answers of the API until the database changes, and lets those who ask for the same at
 * the same time wait for one answer. Errors and answers of other kinds are not kept.
 *
 * @param capacity what the answers may take together, in bytes before compression; the one that was
 *   asked for least recently goes first
 * @returns what makes a handler one that answers once
 */
export function answerCache(
  store: Store,
  capacity = 64 * 1024 * 1024,
): (handler: RequestHandler) => RequestHandler {
  const entries = new Map<string, Entry>()
  let version: string | undefined
  let bytes = 0

  const remove = (key: string, entry: Entry) => {
    if (entries.get(key) !== entry) return
    entries.delete(key)
    bytes -= entry.bytes
  }
  const measure = (key: string, entry: Entry, answer: Answer) => {
    if (entries.get(key) !== entry) return
    entry.bytes = answer.body.length + key.length
    bytes += entry.bytes
    for (const [oldest, other] of entries) {
      if (bytes <= capacity) return
      remove(oldest, other)
    }
  }

  return handler => async (request, response, next) => {
    const now = await databaseVersion(store)
    if (now !== version) {
      entries.clear()
      bytes = 0
      version = now
    }
    const key = request.originalUrl
    const known = entries.get(key)
    const answer = await known?.answer
    if (known && answer) {
      if (entries.get(key) === known) {
        entries.delete(key)
        entries.set(key, known)
      }
      sendAnswer(response, answer)
      return
    }
    let settle!: (answer?: Answer) => void
    const entry: Entry = { answer: new Promise(resolve => (settle = resolve)), bytes: 0 }
    entries.set(key, entry)
    response.locals.answered = (made: Answer) => {
      settle(made)
      measure(key, entry, made)
    }
    try {
      await handler(request, response, next)
    } finally {
      settle()
      if ((await entry.answer) === undefined) remove(key, entry)
    }
  }
}
