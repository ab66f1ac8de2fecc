import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { commandFile } from '../../src/runner/project.ts'
import { newFolder } from '../folder.ts'
import { resultsFile } from './fixture.ts'

const main = fileURLToPath(commandFile)

/** Runs the real command; resolves once it prints this, or ends. */
async function run(...args: readonly string[]) {
  const child = spawn(process.execPath, [main, 'serve', ...args])
  const output = { out: '', err: '' }
  child.stdout.on('data', data => {
    output.out += data
  })
  child.stderr.on('data', data => {
    output.err += data
  })
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return { child, output, ended }
}

async function address(child: ChildProcess, output: { out: string }): Promise<string> {
  for (;;) {
    const found = /http:\/\/\S+\//.exec(output.out)?.[0]
    if (found) return found
    if (child.exitCode !== null) throw new Error(`ended: ${output.out}`)
    await once(child.stdout!, 'data')
  }
}

test('serves the results folder and ends with status 0 on Ctrl-C', async t => {
  const { child, output, ended } = await run(
    '--port',
    '0',
    '--results',
    dirname(await resultsFile()),
  )
  const url = await address(child, output)
  const health = await fetch(`${url}api/v1/health`)
  t.deepEqual(await health.json(), { status: 'ok', models: 18 })
  t.regex(await (await fetch(url)).text(), /<script type="module" src="\/main.js">/)
  child.kill('SIGINT')
  t.is(await ended, 0)
  t.is(output.err, '')
})

test('without results an empty database is made and served', async t => {
  const folder = join(await newFolder('serve'), 'new')
  const { child, output, ended } = await run('--port', '0', '--results', folder)
  const url = await address(child, output)
  t.regex(output.out, /No results yet/)
  t.is((await fetch(`${url}api/v1/summary`)).status, 200)
  child.kill('SIGTERM')
  t.is(await ended, 0)
})

test('a port in use is one clear line and status 2', async t => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  t.teardown(() => other.close())
  const { port } = other.address() as AddressInfo
  const { output, ended } = await run('--port', String(port), '--results', await newFolder('serve'))
  t.is(await ended, 2)
  t.regex(output.err, new RegExp(`^.*port ${port} at 127.0.0.1 is in use; .*--port\n$`))
})

test('a file that is no database is one clear line and status 1', async t => {
  const folder = await newFolder('serve')
  await writeFile(join(folder, 'gauntlet.db'), 'This is not a database, only a text.'.repeat(100))
  const { output, ended } = await run('--port', '0', '--results', folder)
  t.is(await ended, 1)
  t.regex(output.err, /^.*invalid database: .* is not an SQLite database.*\n$/)
})

test('an address that other machines reach is warned about', async t => {
  const { child, output, ended } = await run(
    ...['--port', '0', '--host', '0.0.0.0', '--results', await newFolder('serve')],
  )
  await address(child, output)
  child.kill('SIGINT')
  t.is(await ended, 0)
  t.regex(output.err, /warning: 0\.0\.0\.0 can be reached by other machines/)
})

test('a malformed port is bad usage', async t => {
  const { output, ended } = await run('--port', '70000')
  t.is(await ended, 2)
  t.regex(output.err, /whole number from 0 to 65535/)
})
