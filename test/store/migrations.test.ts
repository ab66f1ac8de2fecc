import test from 'ava'
import { sql } from 'kysely'
import { type NewFinding, type NewVerdict, saveVerdict } from '../../src/store/results.ts'
import { openStore } from '../../src/store/store.ts'
import { firstRelease } from './fixtures/first-release.ts'
import { temporaryFolder } from './fixtures/folder.ts'

test('a database of the first release keeps its probes, without what was not measured', async t => {
  const filename = `${await temporaryFolder(t)}/gauntlet.db`
  await firstRelease(filename)
  const store = await openStore(filename)
  t.teardown(() => store.destroy())
  const rows = await store
    .selectFrom('v_gradient_variance')
    .selectAll()
    .orderBy('site_index')
    .execute()
  t.is(rows.length, 2)
  for (const row of rows) {
    t.like(row, { depth: 2, width: null, relative_variance: 3, engine: 'wasm', sequence: null })
    t.is(row.bias_clean, null)
  }
  const kind = sql`update gradient_probe set site_kind = 'recurrent'`
  await t.notThrowsAsync(kind.execute(store))
  const indexes = await sql<{ name: string }>`
    select name from pragma_index_list('gradient_probe') where name = 'gradient_probe_model'`.execute(
    store,
  )
  t.is(indexes.rows.length, 1)
})

test('a database of the first release takes imported models and parts of attacks', async t => {
  const filename = `${await temporaryFolder(t)}/gauntlet.db`
  await firstRelease(filename)
  const store = await openStore(filename)
  t.teardown(() => store.destroy())
  const examples = await store.selectFrom('example').selectAll().execute()
  t.like(examples, [{ evaluation_id: 'v', success: 1, l1: null, component: null }])
  const outcomes = await store.selectFrom('evaluation_outcome').selectAll().execute()
  t.deepEqual(outcomes, [{ evaluation_id: 'v', codes: '3' }])
  const [model] = await store.selectFrom('model').selectAll().execute()
  t.like(model, { id: 'm', parameters: 1 })
  const blackBox = { ...model!, id: 'x', pair_id: 'x', arm: 'imported', parameters: null }
  await store.insertInto('model').values(blackBox).execute()
  await t.throwsAsync(sql`update model set parameters = 0`.execute(store))
  await sql`update job set kind = 'import'`.execute(store)
  // Foreign keys are checked again, and rows go away with what they belong to.
  await store.deleteFrom('model').where('id', '=', 'm').execute()
  t.is((await store.selectFrom('example').selectAll().execute()).length, 0)
  const indexes = await sql<{ name: string }>`
    select name from sqlite_master where type = 'index' and sql is not null`.execute(store)
  const names = indexes.rows.map(({ name }) => name)
  for (const name of ['model_pair', 'model_dataset', 'job_worker']) t.true(names.includes(name))
})

test('a database of the first release takes evidence of other kinds', async t => {
  const filename = `${await temporaryFolder(t)}/gauntlet.db`
  await firstRelease(filename)
  const store = await openStore(filename)
  t.teardown(() => store.destroy())
  const [evaluation] = await store.selectFrom('evaluation').selectAll().execute()
  t.like(evaluation, { inference: null, setting: 'evasion' })
  await sql`update job set kind = 'check'`.execute(store)
  await sql`update example set linf = null, l2 = null, words = 5, changed_words = 2`.execute(store)
  await t.throwsAsync(sql`update example set changed_words = -1`.execute(store))
  await saveVerdict(store, verdict, [finding, finding])
  await saveVerdict(store, { ...verdict, verdict: 'masked' }, [finding])
  t.like(await store.selectFrom('robustness_check').selectAll().execute(), [{ position: 0 }])
  await store.deleteFrom('model').where('id', '=', 'm').execute()
  t.is((await store.selectFrom('robustness_check').selectAll().execute()).length, 0)
})

const verdict: NewVerdict = {
  ...{ id: 'c', model_id: 'm', norm: 'linf', epsilon: 0.1, n: 10, seed: 0, seconds: 1 },
  ...{ settings_config: '{}', verdict: 'real', reasons: '[]' },
  ...{ environment_id: 'e', created_at: '2026-01-01' },
}

const finding: NewFinding = {
  ...{ number: 2, name: 'iterative', part: null, meaning: 'validity', verdict: 'passed' },
  ...{ value: 0, threshold: null, detail: '', evaluations: '[]' },
}
