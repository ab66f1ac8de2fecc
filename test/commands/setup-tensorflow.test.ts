import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import test from 'ava'
import { provideLibrary } from '../../src/engine/setup/library.ts'
import { requirePlatform, requireSpace } from '../../src/engine/setup/requirements.ts'
import { complaint, run } from '../../src/engine/setup/shell.ts'
import { WorkError } from '../../src/errors.ts'
import { runCommand } from '../engine/run-command.ts'

const folder = await mkdtemp(path.join(os.tmpdir(), 'gauntlet-setup-'))
const python = await run('python3', ['--version'])

test.after.always(() => rm(folder, { recursive: true, force: true }))

/** Runs the command where only these tools exist, each a script that answers --version and nothing else. */
async function setupWith(tools: readonly string[]) {
  const bin = await mkdtemp(path.join(folder, 'bin-'))
  for (const tool of tools) {
    const file = path.join(bin, tool)
    await writeFile(file, '#!/bin/sh\n[ "$1" = --version ] && echo 1.0 || exit 1\n')
    await chmod(file, 0o755)
  }
  const args = ['--rebuild', '--folder', path.join(folder, 'empty')]
  const environment = { PATH: bin, CXX: '' }
  return runCommand('setup-tensorflow.js', 'setupTensorflowCommand', args, environment)
}

const messages = [
  [[], 'missing python3: node-gyp needs it: install Python 3'],
  [['python3'], 'missing make: install it (Debian: apt-get install make)'],
  [['python3', 'make'], 'missing g++: install a C++ compiler (Debian: apt-get install g++)'],
  [
    ['python3', 'make', 'g++'],
    'missing pip: it fetches the library (Debian: apt-get install python3-pip; elsewhere: python3 -m ensurepip)',
  ],
] as const

for (const [tools, message] of messages) {
  const onLinux = process.platform === 'linux' ? test.serial : test.skip
  onLinux(`with ${tools.join(', ') || 'no tool'} the set-up stops with one line`, async t => {
    t.deepEqual(await setupWith(tools), { status: 1, stdout: '', stderr: `${message}\n` })
  })
}

test('too little disk space is one line with both numbers', async t => {
  await t.notThrowsAsync(requireSpace(folder, 1))
  await t.throwsAsync(requireSpace(folder, 1e18), {
    instanceOf: WorkError,
    message: /^not enough disk space: \d+\.\d GB free in .*, 1000000000\.0 GB needed$/,
  })
})

test('a platform without wheels is named, with the engine that runs there', t => {
  t.notThrows(() => requirePlatform('linux', 'x64'))
  t.notThrows(() => requirePlatform('linux', 'arm64'))
  t.throws(() => requirePlatform('darwin', 'arm64'), {
    instanceOf: WorkError,
    message: /^unsupported platform: darwin arm64 .*wasm/,
  })
})

/** Makes a wheel with these files by Python itself. */
async function makeWheel(file: string, members: readonly string[]): Promise<void> {
  const script = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as archive:
    for name in sys.argv[2:]: archive.writestr(name, name)`
  const { status, output } = await run('python3', ['-c', script, file, ...members])
  if (status !== 0) throw new Error(output)
}

const withPython = python.status === 0 && process.arch === 'x64' ? test.serial : test.skip
const silent = () => undefined

withPython('a wheel in the folder is unpacked once, to headers and libraries', async t => {
  const libraries = path.join(folder, 'libraries')
  await mkdir(libraries)
  await makeWheel(path.join(libraries, 'tensorflow_cpu-9.10.0-cp311-cp311-linux_x86_64.whl'), [
    'tensorflow/include/tensorflow/c/c_api.h',
    'tensorflow/libtensorflow_cc.so.2',
    'tensorflow/libtensorflow_framework.so.2',
    'tensorflow/python/large.so',
  ])
  const lines: string[] = []
  const report = (line: string) => lines.push(line)
  const library = await provideLibrary({ folder: libraries, cuda: false, report })
  t.is(library, path.join(libraries, '9.10.0'))
  t.is(lines.length, 1)
  t.deepEqual((await readdir(library)).sort(), ['include', 'lib'])
  const lib = path.join(library, 'lib')
  t.is(await readlink(path.join(lib, 'libtensorflow.so')), 'libtensorflow_cc.so.2')
  t.is(
    await readFile(path.join(lib, 'libtensorflow_framework.so'), 'utf8'),
    'tensorflow/libtensorflow_framework.so.2',
  )
  t.is(await provideLibrary({ folder: libraries, cuda: false, report }), library)
  t.is(lines.length, 1)
  t.deepEqual((await readdir(libraries)).length, 2)
})

withPython('a wheel without the library is one line and leaves nothing half done', async t => {
  const libraries = path.join(folder, 'hollow')
  await mkdir(libraries)
  const wheel = 'tensorflow_cpu-1.0.0-cp311-cp311-linux_x86_64.whl'
  await makeWheel(path.join(libraries, wheel), ['tensorflow/include/a.h'])
  await t.throwsAsync(provideLibrary({ folder: libraries, cuda: false, report: silent }), {
    instanceOf: WorkError,
    message: `${wheel} holds no libtensorflow_cc.so`,
  })
  t.deepEqual(await readdir(libraries), [wheel])
})

test('the newest library of the asked kind is taken', async t => {
  const libraries = path.join(folder, 'several')
  for (const name of ['2.9.1', '2.21.0', '2.22.0-cuda', 'unfinished-x']) {
    await mkdir(path.join(libraries, name), { recursive: true })
  }
  const take = (cuda: boolean) => provideLibrary({ folder: libraries, cuda, report: silent })
  t.is(await take(false), path.join(libraries, '2.21.0'))
  t.is(await take(true), path.join(libraries, '2.22.0-cuda'))
})

test('the line that explains a failure is the last error, else the last line', t => {
  t.is(complaint({ status: 1, output: 'a\nERROR: no wheel\nhint\n' }), 'ERROR: no wheel')
  t.is(complaint({ status: 1, output: 'a\nb\n' }), 'b')
  t.is(complaint({ status: 3, output: '' }), 'exit status 3')
})
