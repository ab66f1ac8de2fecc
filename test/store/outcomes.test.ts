import test from 'ava'
import { type Kysely, sql } from 'kysely'
import { fillOutcomes } from '../../src/store/fill-outcomes.ts'
import { rebuildTable } from '../../src/store/migrations/rebuild-table.ts'
import { outcomes } from '../../src/store/queries/outcomes.ts'
import { saveEvaluation } from '../../src/store/results.ts'
import type { Store } from '../../src/store/store.ts'
import { dropViews } from '../../src/store/views.ts'
import { temporaryStore } from './fixtures/folder.ts'
import { newEvaluation, newExamples, writeHandMade } from './fixtures/hand-made.ts'

/** Of examples at places 1, 2 and 4: right under attack, right until attacked, wrong. */
const places = [1, 2, 4]
const codes = '07301'

async function save(store: Store, id = 'sparse'): Promise<void> {
  const examples = newExamples('110', '100').map((row, at) => ({ ...row, example: places[at]! }))
  await saveEvaluation(store, newEvaluation('110', '100', { id, model_id: 'bp' }), examples)
}

/** The texts that are kept, by evaluation. */
async function kept(store: Store): Promise<Map<string, string>> {
  const rows = await store.selectFrom('evaluation_outcome').selectAll().execute()
  return new Map(rows.map(row => [row.evaluation_id, row.codes]))
}

async function read(store: Store, id = 'sparse'): Promise<string | undefined> {
  return (await outcomes(store, [id])).get(id)?.join('')
}

test('what an evaluation decided is kept with it and read from there', async t => {
  const { store } = await temporaryStore(t)
  await writeHandMade(store)
  await save(store)
  t.is((await kept(store)).get('sparse'), codes)
  t.is(await read(store), codes)
  await sql`update evaluation_outcome set codes = '7' where evaluation_id = 'sparse'`.execute(store)
  t.is(await read(store), '7')
  await store.deleteFrom('evaluation').where('id', '=', 'sparse').execute()
  t.false((await kept(store)).has('sparse'))
  t.is(await read(store), undefined)
})

test('any change of the examples takes the text away, and they are read instead', async t => {
  const { store } = await temporaryStore(t)
  await writeHandMade(store)
  const changes = [
    [sql`delete from example where evaluation_id = 'sparse' and example = 4`, '073'],
    [
      sql`update example set adversarial_prediction = label, success = 0
      where evaluation_id = 'sparse' and example = 2`,
      '07701',
    ],
    [
      sql`insert into example (evaluation_id, example, label, clean_prediction,
      adversarial_prediction, success, queries) values ('sparse', 5, 0, 0, 0, 0, 1)`,
      '073017',
    ],
    [
      sql`update example set evaluation_id = 'bp pgd', example = 99
      where evaluation_id = 'sparse' and example = 4`,
      '073',
    ],
  ] as const
  for (const [change, expected] of changes) {
    await save(store)
    await change.execute(store)
    t.false((await kept(store)).has('sparse'))
    t.is(await read(store), expected)
  }
  t.false((await kept(store)).has('bp pgd'))
  t.is(await fillOutcomes(store), 2)
  t.is((await kept(store)).get('sparse'), '073')
  t.is(await fillOutcomes(store), 0)
})

test('a table of examples that is made anew still takes the text away', async t => {
  const { store } = await temporaryStore(t)
  await writeHandMade(store)
  await save(store)
  const database = store as unknown as Kysely<unknown>
  await sql`pragma foreign_keys = off`.execute(store)
  await dropViews(database)
  await rebuildTable(database, 'example', [
    'component text',
    "component text check (component <> '')",
  ])
  await sql`pragma foreign_keys = on`.execute(store)
  t.is((await kept(store)).get('sparse'), codes)
  await sql`delete from example where evaluation_id = 'sparse' and example = 4`.execute(store)
  t.false((await kept(store)).has('sparse'))
})
