/**
 * `node build/test/benchmarks/api-load.js <folder> [--seconds 1] [--connections 1,4,16] [--pages 3]`:
 * how long the dashboard over the results database in the folder takes to answer.
 *
 * Starts the real server on loopback in a process of its own. Every route of the API is asked for once
 * after each of some changes of the database ("first"), then for so many seconds by so many connections
 * kept alive, with and without `If-None-Match`. Then every page is opened in Chromium, after a change
 * of the database with an empty cache ("first"), and again. Read the numbers as ratios to `/health`
 * of the same run: this client shares the machine with the server. "CPU" is the time that the server
 * computed for one request, which other work on the machine changes less.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openStore } from '../../src/store/store.ts'
import { exampleRequests } from '../server/example-requests.ts'
import { measurePages } from './load/pages.ts'
import { first, type Load, load } from './load/requests.ts'
import { startServer } from './load/server.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '1' },
    connections: { type: 'string', default: '1,4,16' },
    pages: { type: 'string', default: '3' },
    changes: { type: 'string', default: '5' },
  },
})
const [folder] = positionals
if (folder === undefined) throw new Error('missing folder: where is the results database?')
const store = await openStore(join(folder, 'gauntlet.db'))
const server = await startServer(folder)

let changes = 0

/** What a heartbeat of a worker does: it changes no answer, but none may be taken as known after it. */
async function change(): Promise<void> {
  const { id } = await store.selectFrom('job').select('id').limit(1).executeTakeFirstOrThrow()
  await store.updateTable('job').set({ lease_until: ++changes }).where('id', '=', id).execute()
}

try {
  const requests = await exampleRequests(store)
  const api = `${server.url}api/v1`
  console.log(
    '\nfirst answer after a change of the database, median and worst, milliseconds; bytes\n',
  )
  print(['address', 'median', 'worst', 'CPU', 'bytes', 'compressed'])
  for (const { address } of requests) {
    const before = server.computed()
    const { times, bytes, compressed } = await first(api + address, change, Number(values.changes))
    const cpu = (server.computed() - before) / Number(values.changes)
    const shown = [times.p50, times.worst, cpu].map(milliseconds)
    print([address, ...shown, `${bytes}`, `${compressed}`])
  }
  for (const connections of values.connections.split(',').map(Number)) {
    for (const known of [false, true]) {
      console.log(
        `\n${connections} connections, ${known ? 'answer known (304)' : 'whole answer'}; milliseconds\n`,
      )
      print(['address', 'p50', 'p95', 'p99', 'requests/s', 'p50 / health', 'CPU', 'refused'])
      let health: Load | undefined
      for (const { address } of requests) {
        const options = { connections, known, seconds: Number(values.seconds) }
        const before = server.computed()
        const times = await load(api + address, options)
        const cpu = (server.computed() - before) / times.count
        health ??= times
        print([
          address,
          ...[times.p50, times.p95, times.p99].map(milliseconds),
          times.rate.toFixed(0),
          (times.p50 / health.p50).toFixed(1),
          milliseconds(cpu),
          `${times.refused}`,
        ])
      }
    }
  }
  if (Number(values.pages) > 0) {
    console.log(
      '\npage ready in Chromium, milliseconds: first visit after a change, worst; again\n',
    )
    print(['page', 'first', 'worst', 'again', 'worst again'])
    const idOf = (of: string) =>
      requests
        .find(({ route }) => route === of)!
        .address.split('/')
        .at(-1)!
    const ids = { run: idOf('/runs/:id'), nightly: idOf('/nightlies/:id') }
    for (const page of await measurePages(server.url, ids, change, Number(values.pages))) {
      const { first, again } = page
      print([page.path, ...[first.p50, first.worst, again.p50, again.worst].map(milliseconds)])
    }
  }
} finally {
  await server.stop()
  await store.destroy()
}

function print(cells: readonly string[]): void {
  const [head = '', ...rest] = cells
  console.log(head.padEnd(66) + rest.map(cell => cell.padStart(13)).join(''))
}

function milliseconds(value: number): string {
  return value.toFixed(value < 10 ? 2 : 0)
}
