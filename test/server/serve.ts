import { dirname } from 'node:path'
import type { ExecutionContext } from 'ava'
import type { ZodType } from 'zod'
import { createApp } from '../../server/app.ts'
import { close, listen, urlOf } from '../../server/listen.ts'
import { openStore } from '../../src/store/store.ts'
import { resultsFile } from './fixture.ts'

/** A running server for a test file. */
export interface Served {
  /** Address without a slash at the end. */
  readonly url: string
  /** What the server logged. */
  readonly logged: readonly string[]
  readonly get: (path: string, init?: RequestInit) => Promise<Response>
  /** Reads from the API and parses the answer with its schema. */
  readonly read: <T>(t: ExecutionContext, path: string, schema: ZodType<T>) => Promise<T>
  readonly stop: () => Promise<void>
}

/** The real app at a free port (or the one given) over a real database: the fixture, or the file given. */
export async function serve(
  file?: string,
  webFolder = 'build/web/public',
  port = 0,
): Promise<Served> {
  const database = file ?? (await resultsFile())
  const store = await openStore(database, { readonly: true })
  const logged: string[] = []
  const files = { results: dirname(database) }
  const app = createApp({ store, webFolder, files, log: line => logged.push(line) })
  const server = await listen(app, port, '127.0.0.1')
  const url = urlOf(server).replace(/\/$/, '')
  const get = (path: string, init?: RequestInit) => fetch(url + path, init)
  return {
    url,
    logged,
    get,
    async read(t, path, schema) {
      const response = await get(`/api/v1${path}`)
      t.is(response.status, 200, await response.clone().text())
      return schema.parse(await response.json())
    },
    async stop() {
      await close(server)
      await store.destroy()
    },
  }
}
