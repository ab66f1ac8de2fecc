import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import test from 'ava'
import sqlite3 from 'sqlite3'
import { type CommandRun, runCommand } from '../engine/run-command.ts'

const folder = await mkdtemp(path.join(os.tmpdir(), 'gauntlet-doctor-'))
test.after.always(() => rm(folder, { recursive: true, force: true }))

const unset = { GAUNTLET_ENGINE: '', GAUNTLET_DATA: '', GAUNTLET_RESULTS: '' }

function doctor(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<CommandRun> {
  const everything = { ...unset, ...environment }
  return runCommand('doctor.js', 'doctorCommand', ['--engine', 'wasm', ...args], everything)
}

/** A results folder whose database holds one table with one row. */
async function resultsFolder(name: string): Promise<string> {
  const results = path.join(folder, name)
  await mkdir(results)
  const database = new sqlite3.Database(path.join(results, 'gauntlet.db'))
  await new Promise<void>((resolve, reject) => {
    database.exec('create table t (x); insert into t values (zeroblob(20000))', error =>
      error ? reject(error) : resolve(),
    )
  })
  await new Promise<void>(resolve => database.close(() => resolve()))
  return results
}

test.serial('a healthy machine gets a readable report and status 0', async t => {
  const results = await resultsFolder('healthy')
  const { status, stdout, stderr } = await doctor(['--data', folder, '--results', results])
  t.is(stderr, '')
  t.is(status, 0)
  t.regex(stdout, /^engine {5}wasm \(tfjs 4\.22\.0, node \d+\.\d+\.\d+\)$/m)
  t.regex(stdout, /^threads {4}1$/m)
  t.regex(stdout, /^database .*gauntlet\.db \(0\.0 MB, quick_check ok\)$/m)
  t.regex(stdout, /^ {2}ok {4}conv2d same, stride 2, 3 in +\d\.\de-\d+ +\d+ ms$/m)
  t.true(stdout.endsWith('everything is in order\n'))
  const columns = stdout.split('\n').filter(line => line.startsWith('  ok'))
  t.is(new Set(columns.map(line => [...line].length)).size, 1)
})

test.serial('a named data folder that is missing is one line and status 1', async t => {
  const absent = path.join(folder, 'absent')
  const { status, stdout } = await doctor(['--json', '--results', absent], {
    GAUNTLET_DATA: absent,
  })
  const report = JSON.parse(stdout)
  t.is(status, 1)
  t.deepEqual(report.problems, [`missing data folder: ${absent}`])
  t.is(report.engine.name, 'wasm')
  t.deepEqual(report.results, { path: path.join(absent, 'gauntlet.db') })
  t.true(report.gradients.every((check: { ok: boolean }) => check.ok))
})

test.serial('a file that is no database is one line and status 1', async t => {
  const results = path.join(folder, 'damaged')
  await mkdir(results)
  await writeFile(path.join(results, 'gauntlet.db'), 'this is text, not a database\n'.repeat(40))
  const { status, stdout } = await doctor(['--json', '--results', results])
  t.is(status, 1)
  t.regex(JSON.parse(stdout).problems[0], /^damaged database: .*gauntlet\.db \(.*not a database\)$/)
})

test.serial('an unknown engine is one line and status 2', async t => {
  const { status, stdout, stderr } = await doctor(['--engine', 'abacus'])
  t.is(stderr, 'unknown engine: abacus (choose tensorflow, wasm or auto)\n')
  t.is(stdout, '')
  t.is(status, 2)
})
