import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import test from 'ava'
import { requestedEngine, startEngine } from '../../src/engine/engine.ts'
import { withReference } from '../../src/engine/reference.ts'
import { tf } from '../../src/engine/tf.ts'
import { UsageError } from '../../src/errors.ts'

const source = new URL('../../src/engine/', import.meta.url)

/** Runs a script in a process of its own, with `tf`, `startEngine` and `print` at hand. */
async function inProcess(script: string, environment: NodeJS.ProcessEnv = {}) {
  const whole = `
    const { tf } = await import('${source}tf.js')
    const { startEngine } = await import('${source}engine.js')
    const print = value => console.log(JSON.stringify(value))
    ${script}`
  const env = { ...process.env, GAUNTLET_ENGINE: undefined, ...environment }
  const args = ['--input-type=module', '--eval', whole]
  return promisify(execFile)(process.execPath, args, { env })
}

test.before(() => startEngine('wasm'))

test.serial('the engine says what results were computed on', async t => {
  const engine = await startEngine('wasm')
  t.is(engine.name, 'wasm')
  t.is(engine.versions.node, process.versions.node)
  t.is(engine.versions.tfjs, '4.22.0')
  t.is(engine.threads, 1)
  t.true(engine.device.length > 0)
  t.true(Object.isFrozen(engine))
})

test.serial('a second start returns the engine that runs', async t => {
  t.is(await startEngine('wasm'), await startEngine('auto'))
})

test.serial('a second, different engine in one process is refused', async t => {
  await t.throwsAsync(startEngine('tensorflow'), {
    instanceOf: UsageError,
    message: 'engine wasm is already running: start tensorflow in a process of its own',
  })
})

test.serial('an unknown engine is refused with the names to choose from', async t => {
  const expected = {
    instanceOf: UsageError,
    message: 'unknown engine: foo (choose tensorflow, wasm or auto)',
  }
  t.throws(() => requestedEngine('foo'), expected)
  await t.throwsAsync(startEngine('foo' as 'wasm'), expected)
  t.is(requestedEngine(undefined), 'auto')
  t.is(requestedEngine(''), 'auto')
})

test.serial('no other backend is left to fall back to', async t => {
  t.is(tf.getBackend(), 'wasm')
  t.deepEqual(Object.keys(tf.engine().registryFactory), ['wasm'])
  t.deepEqual(Object.keys(tf.engine().registry), ['wasm'])
  await t.throwsAsync(tf.setBackend('cpu'), { message: /not found in registry/ })
})

test.serial('the functions that the native package misses in newer Node.js are there', async t => {
  const { stdout, stderr } = await inProcess(`
    const { default: util } = await import('node:util')
    print([util.isNullOrUndefined(null), util.isNullOrUndefined(0), util.isArray([])])`)
  t.deepEqual(JSON.parse(stdout), [true, false, true])
  t.is(stderr, '')
})

test.serial('an operation before the start fails instead of choosing a backend', async t => {
  const { stdout } = await inProcess(`
    try { tf.add(1, 2); print('ran on ' + tf.getBackend()) } catch (error) { print(error.message) }`)
  t.deepEqual(JSON.parse(stdout), 'No backend found in registry.')
})

test.serial('an operation that the engine lacks fails instead of running elsewhere', t => {
  const x = tf.tensor1d([1, 2])
  t.throws(() => tf.spectral.rfft(x), { message: /not registered for backend 'wasm'/ })
  x.dispose()
})

test.serial('GAUNTLET_ENGINE chooses the engine, and prints nothing', async t => {
  const { stdout, stderr } = await inProcess(
    'print((await startEngine()).name); tf.add(1, 2).dataSync()',
    { GAUNTLET_ENGINE: 'wasm' },
  )
  t.is(stdout, '"wasm"\n')
  t.is(stderr, '')
})

test.serial('environment variables that change results are reported', async t => {
  const { stdout } = await inProcess("print((await startEngine('wasm')).settings)", {
    TF_ENABLE_ONEDNN_OPTS: '0',
    TF_NUM_INTRAOP_THREADS: '1',
  })
  t.deepEqual(JSON.parse(stdout), { TF_NUM_INTRAOP_THREADS: '1', TF_ENABLE_ONEDNN_OPTS: '0' })
})

test.serial('the engine leaves the handling of uncaught errors alone', async t => {
  const { stdout } = await inProcess(`
    await startEngine('wasm')
    print(['uncaughtException', 'unhandledRejection'].map(name => process.listenerCount(name)))`)
  t.deepEqual(JSON.parse(stdout), [0, 0])
})

test.serial('auto takes tensorflow where its binding loads and wasm elsewhere', async t => {
  const { stdout: chosen } = await inProcess('print((await startEngine()).name)')
  const { stdout: possible } = await inProcess(`
    try { print((await startEngine('tensorflow')).name) } catch (error) { print(error.message) }`)
  if (JSON.parse(possible) === 'tensorflow') t.is(JSON.parse(chosen), 'tensorflow')
  else {
    t.is(JSON.parse(chosen), 'wasm')
    t.regex(possible, /^"engine tensorflow cannot start: .*npm run setup:tensorflow\)"\n$/)
  }
})

/** Makes the native package look absent, whatever is installed. */
const hidden = `
  const { default: module } = await import('node:module')
  const load = module._load
  module._load = (name, ...rest) => {
    if (name !== '@tensorflow/tfjs-node-gpu') return load(name, ...rest)
    throw Object.assign(new Error("Cannot find module '" + name + "'"), { code: 'MODULE_NOT_FOUND' })
  }`

test.serial('without the native package tensorflow is one clear line and auto is wasm', async t => {
  const { stdout, stderr } = await inProcess(`${hidden}
    try { await startEngine('tensorflow') } catch (error) { print([error.name, error.message]) }
    print((await startEngine('auto')).name)`)
  const [error, name] = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  t.deepEqual(error, [
    'WorkError',
    'engine tensorflow cannot start: @tensorflow/tfjs-node-gpu is not installed (build it: npm run setup:tensorflow)',
  ])
  t.is(name, 'wasm')
  t.is(stderr, '')
})

test.serial('the reference backend is there only while it is used', async t => {
  const sum = await withReference(() => [tf.getBackend(), tf.add(1, 2).dataSync()[0]])
  t.deepEqual(sum, ['cpu', 3])
  t.is(tf.getBackend(), 'wasm')
  t.deepEqual(Object.keys(tf.engine().registryFactory), ['wasm'])
  await t.throwsAsync(
    withReference(() => {
      throw new Error('inside')
    }),
    { message: 'inside' },
  )
  t.is(tf.getBackend(), 'wasm')
})
