import { execFile } from 'node:child_process'
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import test, { type ExecutionContext } from 'ava'
import { sql } from 'kysely'
import { checkDatabase } from '../../../src/commands/db/check.ts'
import { vacuumDatabase } from '../../../src/commands/db/vacuum.ts'
import { UsageError, WorkError } from '../../../src/errors.ts'
import { commandFile } from '../../../src/runner/project.ts'
import { resultsFolder } from '../../../src/runner/results-folder.ts'
import { saveImport } from '../../../src/store/imports.ts'
import { saveCorruptions } from '../../../src/store/results.ts'
import { firstRelease } from '../../store/fixtures/first-release.ts'
import { allRows, attacked, job, machine, put, sha256, trained } from './machine.ts'

const main = fileURLToPath(commandFile)
const here = { host: 'here', seconds: 3 }

/** One model and one attack that are sound, and what a check says of them. */
async function sound(t: ExecutionContext) {
  const { folder, store } = await machine(t)
  await trained(folder, store, 'model', here)
  await attacked(folder, store, 'pgd', 'model', here)
  const findings = async () => {
    const lines: string[] = []
    const fine = await checkDatabase(folder, line => lines.push(line))
    t.is(fine, lines.length === 1)
    return lines.map(line => line.replaceAll(folder, '.'))
  }
  return { folder, store, files: resultsFolder(folder), findings }
}

test('nothing is wrong with results as they are made', async t => {
  const { store, files, findings } = await sound(t)
  await job(store, 'half', 'failed')
  await put(`${files.examples('half')}.part`, 'what was done until then')
  await put(files.part('half'), '[]')
  t.deepEqual(await findings(), ['./gauntlet.db: nothing is wrong'])
})

test('files that are missing, changed or left over are named', async t => {
  const { folder, store, files, findings } = await sound(t)
  await trained(folder, store, 'other', here)
  await rm(files.checkpoint('other'))
  await rm(files.examples('pgd'))
  await writeFile(files.checkpoint('model'), 'changed')
  await put(files.part('model'), '[]')
  await put(files.examples('nobody'), '')
  const lines = await findings()
  t.regex(lines[0]!, /^changed: checkpoint of model model: .* has SHA-256 [0-9a-f]{12}…, not /u)
  t.deepEqual(lines.slice(1), [
    'missing: checkpoint of model other: ./checkpoints/other.safetensors',
    'missing: examples of evaluation pgd: ./examples/pgd.safetensors',
    'orphaned: ./examples/nobody.safetensors',
    'orphaned: ./parts/model.json',
    './gauntlet.db: 5 findings',
  ])
})

test("an imported model's files are hashed together, in their order", async t => {
  const { store, files, findings } = await sound(t)
  const manifest = JSON.stringify({ weightsManifest: [{ paths: ['a.bin', 'b.bin'] }] })
  const parts = { 'model.json': manifest, 'a.bin': 'a', 'b.bin': 'b' }
  for (const [name, text] of Object.entries(parts)) {
    await put(join(files.ownModel('own'), name), text)
  }
  const hash = sha256(Object.values(parts).join(''))
  await saveImport(store, {
    ...{ id: 'own', dataset_id: 'dataset-glyphs', architecture: 'own', architecture_config: '{}' },
    ...{ parameters: 1, clean_accuracy: 1, environment_id: 'here', sha256: hash },
    config: JSON.stringify({ source: { format: 'tfjs', sha256: hash } }),
  })
  t.deepEqual(await findings(), ['./gauntlet.db: nothing is wrong'])
  await put(join(files.ownModel('own'), 'b.bin'), 'c')
  t.regex((await findings())[0]!, /^changed: checkpoint of model own: /u)
})

test('tables and views that are not of this version, and references to nothing', async t => {
  const { store, findings } = await sound(t)
  await sql`drop view v_runs`.execute(store)
  await sql`create view v_runs as select 1 as one`.execute(store)
  await sql`drop index model_pair`.execute(store)
  await sql`create table mine (a)`.execute(store)
  await sql`pragma foreign_keys = off`.execute(store)
  await sql`delete from model`.execute(store)
  const lines = await findings()
  t.deepEqual(lines.slice(0, 3), [
    'missing: index model_pair',
    'changed: view v_runs is not as this version makes it',
    "unknown: table mine is none of Gauntlet's",
  ])
  t.true(lines.includes('dangling: 2 rows of evaluation refer to rows of model that are gone'))
})

test('counts that the examples do not give', async t => {
  const { store, findings } = await sound(t)
  await sql`update evaluation set robust_correct = 3`.execute(store)
  t.is(
    (await findings())[0],
    'disagreeing: evaluation pgd says n, clean, robust = 5, 4, 3; its examples give 5, 4, 2',
  )
})

test('accuracies on corrupted images that the images do not give', async t => {
  const { store, findings } = await sound(t)
  const { id, environment_id } = await store
    .selectFrom('model')
    .select(['id', 'environment_id'])
    .executeTakeFirstOrThrow()
  const cell = {
    ...{ id: 'c', model_id: id, corruption: 'fog', severity: 3, seed: 0, n: 5, clean_correct: 2 },
    ...{ environment_id, created_at: '2026-01-01T00:00:00.000Z', codes: '17351', correct: 2 },
  }
  await saveCorruptions(store, [cell])
  t.deepEqual(await findings(), ['./gauntlet.db: nothing is wrong'])
  await saveCorruptions(store, [{ ...cell, correct: 3 }])
  t.is(
    (await findings())[0],
    'disagreeing: fog 3 of c says n, correct = 5, 3; its images give 5, 2',
  )
})

test('a database of an older version, and a damaged one', async t => {
  const { files, findings, store } = await sound(t)
  await sql`pragma wal_checkpoint(truncate)`.execute(store)
  await store.destroy()
  const kept = await readFile(files.database)
  await rename(files.database, `${files.database}.away`)
  await firstRelease(files.database)
  t.regex((await findings())[0]!, /^outdated: version 001-foundation of the schema, not 0\d\d-/u)
  await writeFile(files.database, kept)
  const handle = await open(files.database, 'r+')
  await handle.write(Buffer.alloc(4096, 7), 0, 4096, 4096 * 30)
  await handle.close()
  t.regex((await findings())[0]!, /^(damaged|unreadable): /u)
})

test('vacuum gives space back, but not while a nightly is running', async t => {
  const { folder, store } = await sound(t)
  for (let batch = 0; batch < 20; batch++) {
    await job(store, `large ${batch}`, 'waiting', { config: `"${'x'.repeat(50_000)}"` })
  }
  await store.deleteFrom('job').where('state', '=', 'waiting').execute()
  const rows = await allRows(store)
  const lines: string[] = []
  await vacuumDatabase(folder, line => lines.push(line))
  const [, before, after] = /: (\d+) bytes before, (\d+) bytes after$/u.exec(lines[0]!)!
  t.true(Number(before) - Number(after) > 900_000)
  t.deepEqual(await allRows(store), rows)
  await job(store, 'held', 'running')
  await t.throwsAsync(vacuumDatabase(folder), {
    instanceOf: WorkError,
    message: /^busy: .*: a nightly is running \(train held\); wait until it is done, or stop it$/u,
  })
  await t.throwsAsync(vacuumDatabase(join(folder, 'nowhere')), { instanceOf: UsageError })
})

test('a vacuum that finds no room is one line, and nothing is lost', async t => {
  const { folder, store } = await sound(t)
  const rows = await allRows(store)
  // No file may grow beyond 100 kB: neither the copy nor the log of changes.
  const limited = ['-c', "trap '' XFSZ; ulimit -f 100; exec node $0 db vacuum --results $1"]
  const error = await t.throwsAsync<Error & { code?: number; stderr?: string }>(
    promisify(execFile)('bash', [...limited, main, folder]),
  )
  t.is(error?.code, 1)
  t.regex(error?.stderr ?? '', /^error: cannot (?:read or )?write .*gauntlet\.db: .*\n$/u)
  t.deepEqual(await allRows(store), rows)
  t.true(await checkDatabase(folder, () => {}))
})
