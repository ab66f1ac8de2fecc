import type { RequestHandler } from 'express'
import { z } from 'zod'
import type { Store } from '../../src/store/store.ts'
import { HttpProblem, parsed } from '../problem.ts'
import { createStateFeed } from '../state-feed.ts'

/** Most pages that follow at the same time; the others ask now and then. */
const mostFollowers = 100

/**
 * `GET /events`: server-sent events. `state` says how much there is and how the latest nightly fares,
 * at once and after every change of the database; a comment every quarter of a minute keeps the
 * connection.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function events(store: Store): RequestHandler {
  const feed = createStateFeed(store)
  return async (request, response) => {
    parsed(z.strictObject({}), request.query)
    if (feed.followers() >= mostFollowers) {
      throw new HttpProblem(429, `${mostFollowers} pages follow already; ask /summary now and then`)
    }
    let gone = false
    response.on('close', () => {
      gone = true
    })
    const write = (text: string) => {
      if (!response.headersSent) {
        // Without no-transform a proxy, or our own compression, would hold events back.
        response.writeHead(200, {
          'Content-Type': 'text/event-stream',
          'Cache-Control': 'no-cache, no-transform',
        })
      }
      response.write(text)
      response.flush()
    }
    const unfollow = await feed.follow({
      state: event => write(`event: state\ndata: ${JSON.stringify(event)}\n\n`),
      quiet: () => write(': nothing new\n\n'),
      lost: () => response.end(),
    })
    if (request.method === 'HEAD') response.end()
    response.on('close', unfollow)
    if (gone) unfollow()
  }
}
