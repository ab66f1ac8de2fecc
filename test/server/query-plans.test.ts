import { join } from 'node:path'
import test from 'ava'
import { CompiledQuery as Compiled, type CompiledQuery, Kysely, sql } from 'kysely'
import { createApp } from '../../server/app.ts'
import { close, listen, urlOf } from '../../server/listen.ts'
import type { Schema } from '../../src/store/schema.ts'
import { Sqlite3Dialect } from '../../src/store/sqlite3-dialect.ts'
import type { Store } from '../../src/store/store.ts'
import { writeScaleDatabase } from '../benchmarks/scale/write.ts'
import { temporaryFolder } from '../store/fixtures/folder.ts'
import { exampleRequests } from './example-requests.ts'

/** Tables that grow with every night. */
const large = new Set([
  ...['example', 'evaluation', 'evaluation_outcome', 'learning_curve', 'gradient_probe'],
  ...['step_gradient', 'corruption_accuracy', 'certificate', 'job', 'nightly_job'],
])

/** Full passes that a route may make: what is passed over, and why nothing less will do. */
const inherent: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/evaluations': {
    evaluation_created: 'read from the latest on until the page is full',
    evaluation_model: 'all that meet the filter are counted, in an index',
  },
  '/summary': {
    evaluation_choice: 'which attacks were run, and how many examples, is asked of all evaluations',
    evaluation_crafted_on: 'evaluations are counted, in the smallest index',
    gradient_probe_model: 'probes are counted by model, in an index',
  },
}

/** A table or index of the database, by the page on which it begins. */
interface Tree {
  readonly name: string
  readonly table: string
}

test('no route passes over a large table from end to end', async t => {
  const filename = join(await temporaryFolder(t), 'gauntlet.db')
  await writeScaleDatabase(filename, { runs: 48, examples: 3000, seed: 0 })
  const issued: CompiledQuery[] = []
  const store: Store = new Kysely<Schema>({
    dialect: new Sqlite3Dialect({ filename, readonly: true }),
    log: event => {
      issued.push(event.query)
    },
  })
  const server = await listen(createApp({ store, webFolder: '.' }), 0, '127.0.0.1')
  t.teardown(async () => {
    await close(server)
    await store.destroy()
  })
  const trees = await treesOf(store)
  for (const { route, address } of await exampleRequests(store)) {
    issued.length = 0
    const response = await fetch(`${urlOf(server)}api/v1${address}`)
    t.is(response.status, 200, await response.text())
    t.true(issued.length > 0 || route === '/openapi.json', address)
    for (const query of [...issued]) {
      const passed = await fullPasses(store, query, trees)
      const unexplained = passed.filter(name => inherent[route]?.[name] === undefined)
      t.deepEqual(unexplained, [], `${address}: ${query.sql}`)
    }
  }
  // What the test looks for is found where it is.
  const all = store.selectFrom('example').select('success').where('label', '=', 1).compile()
  t.deepEqual(await fullPasses(store, all, trees), ['example'])
  const count = sql`select count(*) from job`.compile(store)
  t.is((await fullPasses(store, count, trees)).length, 1)
  const joined = sql`select * from model join certification using (seed) join certificate
    on certificate.label = certification.seed`.compile(store)
  t.true((await fullPasses(store, joined, trees)).includes('certificate'))
})

async function treesOf(store: Store): Promise<ReadonlyMap<number, Tree>> {
  const { rows } = await sql<{ page: number; name: string; table: string }>`
    select rootpage as page, name, tbl_name as "table" from sqlite_master
    where rootpage > 0`.execute(store)
  return new Map(rows.map(({ page, ...tree }) => [page, tree]))
}

/**
 * Large tables, and indexes of them, that a statement passes over from the beginning. The program is
 * read instead of `explain query plan`, which hides the pass that makes an automatic index.
 *
 * @see https://www.sqlite.org/opcode.html
 */
async function fullPasses(
  store: Store,
  query: CompiledQuery,
  trees: ReadonlyMap<number, Tree>,
): Promise<string[]> {
  const explained = Compiled.raw(`explain ${query.sql}`, [...query.parameters])
  const { rows } = await store.executeQuery(explained)
  const program = rows as { opcode: string; p1: number; p2: number; p3: number }[]
  const opened = new Map<number, Tree | undefined>()
  const passed = new Set<string>()
  for (const { opcode, p1, p2, p3 } of program) {
    // Trees of the database alone, not those of temporary tables.
    if (opcode === 'OpenRead' && p3 === 0) opened.set(p1, trees.get(p2))
    if (/^Open(Ephemeral|Autoindex|Pseudo)$/.test(opcode)) opened.delete(p1)
    if (!/^(Rewind|Last|Count|Sort)$/.test(opcode)) continue
    const tree = opened.get(p1)
    if (tree && large.has(tree.table)) passed.add(tree.name)
  }
  return [...passed].sort()
}
