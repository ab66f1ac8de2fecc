import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { mergeDatabases } from '../../../src/commands/db/merge.ts'
import { UsageError, WorkError } from '../../../src/errors.ts'
import { resultsFolder } from '../../../src/runner/results-folder.ts'
import { schemaObjects } from '../../../src/store/expected-schema.ts'
import { mergedByHand, mergeRules } from '../../../src/store/maintenance/merge-rules.ts'
import { saveCorruptions } from '../../../src/store/results.ts'
import type { Store } from '../../../src/store/store.ts'
import { firstRelease } from '../../store/fixtures/first-release.ts'
import { allRows, attacked, job, machine, put, trained } from './machine.ts'

interface Context {
  readonly ours: { readonly folder: string; readonly store: Store }
  readonly theirs: { readonly folder: string; readonly store: Store }
  /** Lines that were printed. */
  readonly lines: string[]
}

const [here, there] = [
  { host: 'here', seconds: 3 },
  { host: 'there', seconds: 7 },
]

/** Both have done one model and one attack, they have done another one of each. */
async function twoMachines(t: ExecutionContext): Promise<Context> {
  const [ours, theirs] = [await machine(t), await machine(t)]
  await trained(ours.folder, ours.store, 'both', here)
  await attacked(ours.folder, ours.store, 'both pgd', 'both', here)
  await trained(theirs.folder, theirs.store, 'both', there)
  await attacked(theirs.folder, theirs.store, 'both pgd', 'both', there)
  await trained(theirs.folder, theirs.store, 'new', there)
  await attacked(theirs.folder, theirs.store, 'new pgd', 'new', there)
  return { ours, theirs, lines: [] }
}

const merge = ({ ours, theirs, lines }: Context, options: { readonly dryRun?: true } = {}) =>
  mergeDatabases(theirs.folder, { results: ours.folder, ...options }, line => lines.push(line))

const states = async (store: Store) =>
  Object.fromEntries(
    (await store.selectFrom('job').select(['id', 'state']).execute()).map(row => [
      row.id,
      row.state,
    ]),
  )

test('every table has a rule', async t => {
  const { store } = await machine(t)
  const tables = (await schemaObjects(store)).filter(one => one.type === 'table')
  t.deepEqual(
    [...mergeRules.map(rule => rule.table), ...mergedByHand].sort(),
    tables.map(({ name }) => name as (typeof mergedByHand)[0]).sort(),
  )
})

test('what is new comes with its files, what both did stays as it was made here', async t => {
  const context = await twoMachines(t)
  const { ours, theirs, lines } = context
  await merge(context)
  const models = await ours.store.selectFrom('model').selectAll().orderBy('id').execute()
  t.like(models, [
    { id: 'both', environment_id: 'here', seconds: 3 },
    { id: 'new', environment_id: 'there', seconds: 7 },
  ])
  const { examples, checkpoint } = resultsFolder(ours.folder)
  const from = resultsFolder(theirs.folder)
  t.deepEqual(await readFile(checkpoint('new')), await readFile(from.checkpoint('new')))
  t.deepEqual(await readFile(examples('new pgd')), await readFile(from.examples('new pgd')))
  t.is(await readFile(checkpoint('both'), 'utf8'), 'weights of both, made on here')
  t.true(lines.some(line => /^model +1 +0 +1$/u.test(line)))
  t.true(lines.some(line => /^example +5 +0 +5$/u.test(line)))
  t.true(lines.some(line => /^files +2 +0 +2$/u.test(line)))
  t.deepEqual(
    (await readdir(ours.folder)).filter(name => name.startsWith('merging')),
    [],
  )
})

test('corrupted images of an earlier version, which lack what was right, are the same result', async t => {
  const context = await twoMachines(t)
  const cell = {
    ...{ id: 'fog', model_id: 'both', corruption: 'fog', severity: 3, seed: 0, n: 3 },
    ...{ clean_correct: 2, correct: 1, created_at: '2026-01-01T00:00:00.000Z' },
  }
  for (const [{ store }, codes] of [
    [context.ours, '371'],
    [context.theirs, null],
  ] as const) {
    const { environment_id } = await store
      .selectFrom('model')
      .select('environment_id')
      .executeTakeFirstOrThrow()
    await saveCorruptions(store, [{ ...cell, environment_id, codes }])
  }
  await merge(context)
  const kept = await context.ours.store.selectFrom('corruption_accuracy').select('codes').execute()
  t.deepEqual(kept, [{ codes: '371' }])
})

test('merging twice, or the other way round, changes nothing more', async t => {
  const context = await twoMachines(t)
  const { ours, theirs } = context
  await merge(context)
  const once = await allRows(ours.store)
  await merge(context)
  t.deepEqual(await allRows(ours.store), once)
  await merge({ ...context, ours: theirs, theirs: ours })
  t.deepEqual(
    Object.keys(await states(theirs.store)).sort(),
    Object.keys(await states(ours.store)).sort(),
  )
})

test('a dry run says the same and changes nothing', async t => {
  const context = await twoMachines(t)
  const { ours, lines } = context
  const before = await allRows(ours.store)
  await merge(context, { dryRun: true })
  t.deepEqual(await allRows(ours.store), before)
  t.deepEqual(await readdir(join(ours.folder, 'checkpoints')), ['both.safetensors'])
  t.true(lines.some(line => /^model +1 +0 +1$/u.test(line)))
  t.regex(lines.at(-1)!, /^Nothing was changed: /u)
})

test('what is done on one machine is done; nobody takes over a worker of another', async t => {
  const context = await twoMachines(t)
  const { ours, theirs } = context
  const stale = { lease_until: 1 }
  for (const [id, own, other] of [
    ['waiting', 'waiting', 'done'],
    ['failed', 'failed', 'done'],
    ['stale', 'running', 'done'],
    ['done', 'done', 'failed'],
    ['neither', 'failed', 'waiting'],
  ] as const) {
    await job(ours.store, id, own, own === 'running' ? stale : {})
    await job(theirs.store, id, other)
  }
  await job(theirs.store, 'held', 'running')
  await job(theirs.store, 'broken', 'failed')
  await merge(context)
  t.like(await states(ours.store), {
    ...{ waiting: 'done', failed: 'done', stale: 'done', done: 'done', neither: 'failed' },
    ...{ held: 'waiting', broken: 'failed' },
  })
  const held = ours.store.selectFrom('job').selectAll().where('id', '=', 'held')
  t.like(await held.executeTakeFirst(), { worker: null, lease_until: null, attempts: 0 })
})

test('of executions that both know the later end counts; a running one was interrupted here', async t => {
  const context = await twoMachines(t)
  const { ours, theirs } = context
  const night = { plan: 'p', plan_config: '{}', started_at: '2026-01-02T03:00:00Z', jobs_reused: 0 }
  const running = { ...night, id: 'n', state: 'running' } as const
  await theirs.store.insertInto('nightly').values(running).execute()
  await theirs.store
    .insertInto('nightly_job')
    .values({ nightly_id: 'n', job_id: 'new', position: 0 })
    .execute()
  await merge(context)
  const own = () => ours.store.selectFrom('nightly').selectAll().executeTakeFirst()
  t.like(await own(), { state: 'interrupted', ended_at: '2026-01-02T04:00:00.000Z' })
  const ended = { state: 'done', ended_at: '2026-01-02T05:00:00.000Z' } as const
  await theirs.store.updateTable('nightly').set(ended).execute()
  await merge(context)
  t.like(await own(), ended)
  t.is((await ours.store.selectFrom('nightly_job').selectAll().execute()).length, 1)
})

const unchanged = async (t: ExecutionContext, context: Context, message: RegExp) => {
  const { ours } = context
  const before = await allRows(ours.store)
  const error = await t.throwsAsync(merge(context), { instanceOf: WorkError, message })
  t.deepEqual(await allRows(ours.store), before)
  t.deepEqual(await readdir(join(ours.folder, 'checkpoints')), ['both.safetensors'])
  t.deepEqual(await readdir(join(ours.folder, 'examples')), ['both pgd.safetensors'])
  return error
}

test('other numbers under the same identifier are named, and nothing is changed', async t => {
  const context = await twoMachines(t)
  const { theirs, lines } = context
  await trained(theirs.folder, theirs.store, 'x', there)
  const other = { weights_sha256: 'other', clean_accuracy: 0.5 }
  await theirs.store.updateTable('model').set(other).where('id', '=', 'both').execute()
  await theirs.store.deleteFrom('example').where('example', '=', 4).execute()
  await theirs.store.updateTable('dataset').set({ sha256: 'x' }).execute()
  await unchanged(
    t,
    context,
    /^cannot merge: 3 results are not the same in both; nothing was changed$/u,
  )
  t.deepEqual(lines.filter(line => line.startsWith('conflict')).sort(), [
    'conflict: dataset dataset-glyphs: sha256',
    'conflict: example both pgd 4: is only in what is merged into',
    'conflict: model both: clean_accuracy, weights_sha256',
  ])
})

test('a checkpoint that is not what its row says, and a place that is taken', async t => {
  const context = await twoMachines(t)
  const { ours, theirs, lines } = context
  await writeFile(resultsFolder(theirs.folder).checkpoint('new'), 'damaged')
  await unchanged(
    t,
    context,
    /^invalid checkpoint of model new: .* is not what its row says; see: /u,
  )
  await put(resultsFolder(ours.folder).examples('new pgd'), 'of unknown origin')
  const error = await t.throwsAsync(merge(context), { instanceOf: WorkError })
  t.regex(error!.message, /^cannot merge: one result is not the same/u)
  t.regex(lines.at(-1)!, /^conflict: file .*new pgd\.safetensors: content$/u)
})

test('files that are missing there are named and do not stop the rest', async t => {
  const context = await twoMachines(t)
  const { theirs, lines } = context
  await rm(resultsFolder(theirs.folder).examples('new pgd'))
  await merge(context)
  t.true(lines.includes('missing there: examples of evaluation new pgd'))
})

test('while a nightly is running here nothing is merged; one that runs there is no matter', async t => {
  const context = await twoMachines(t)
  const { ours, theirs } = context
  await job(theirs.store, 'held there', 'running')
  await merge(context)
  await job(ours.store, 'held', 'running')
  const message = /^busy: .*: a nightly is running \(train held\); wait until it is done/u
  await t.throwsAsync(merge(context), { instanceOf: WorkError, message })
})

test('results of an older version are migrated in a copy, into a folder that is new', async t => {
  const [old, fresh] = [await machine(t), await machine(t)]
  const file = join(old.folder, 'old.db')
  await firstRelease(file)
  const before = await readFile(file)
  const silent = () => {}
  await mergeDatabases(file, { results: join(fresh.folder, 'new') }, silent)
  t.deepEqual(await readFile(file), before)
  const message = /^cannot use .*old\.db: an older Gauntlet wrote it/u
  await t.throwsAsync(mergeDatabases(fresh.folder, { results: fresh.folder, dryRun: true }), {
    instanceOf: UsageError,
    message: /^invalid merge: .* are the same database$/u,
  })
  const into = join(fresh.folder, 'new', 'gauntlet.db')
  await t.notThrowsAsync(mergeDatabases(into, { results: fresh.folder }, silent))
  t.is((await fresh.store.selectFrom('example').selectAll().execute()).length, 1)
  await rm(join(fresh.folder, 'new', 'gauntlet.db'))
  await firstRelease(into)
  const dry = mergeDatabases(fresh.folder, { results: join(fresh.folder, 'new'), dryRun: true })
  await t.throwsAsync(dry, {
    instanceOf: WorkError,
    message: new RegExp(message.source.replace('old\\.db', 'gauntlet\\.db'), 'u'),
  })
})

test('what is not there, or no results, is said in one line', async t => {
  const context = await twoMachines(t)
  const { ours } = context
  const refused = (other: string, message: RegExp) =>
    t.throwsAsync(mergeDatabases(other, { results: ours.folder }), { message })
  await refused(join(ours.folder, 'nowhere'), /^missing results: .*nowhere$/u)
  await refused(join(ours.folder, 'checkpoints'), /^missing results: .*gauntlet\.db$/u)
  const text = join(ours.folder, 'text.db')
  await writeFile(text, 'no database at all '.repeat(100))
  await refused(text, /^invalid database: .*text\.db is not an SQLite database/u)
})
