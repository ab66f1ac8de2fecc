/**
 * Starts the TensorFlow.js backend that this process computes on, once, and says what it is.
 *
 * `tensorflow` is TensorFlow's C library through @tensorflow/tfjs-node-gpu; `wasm` needs nothing but
 * the npm package and lacks some gradient kernels, which `kernels/` adds. The results of the two differ
 * in the last digits, so whatever is measured is stored together with the `Engine` it was measured on.
 */
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import type * as wasmEngine from '@tensorflow/tfjs-backend-wasm'
import { messageOf, UsageError, WorkError } from '../errors.ts'
import { acceleratorName } from './accelerator.ts'
import { repairBroadcastGradients } from './broadcast-gradients.ts'
import { registerWasmKernels } from './kernels/index.ts'
import { tf } from './tf.ts'

export type EngineName = 'tensorflow' | 'wasm'

/** What a stored result was computed on. */
export interface Engine {
  readonly name: EngineName
  /** Versions of `tfjs`, `node` and, on engine tensorflow, `tensorflow`. */
  readonly versions: Readonly<Record<string, string>>
  /** Threads that one operation may use. */
  readonly threads: number
  /** Model of the processor or of the graphics card. */
  readonly device: string
  /** The environment variables that change results or speed, where they are set. */
  readonly settings: Readonly<Record<string, string>>
}

const influential = [
  'TF_NUM_INTRAOP_THREADS',
  'TF_NUM_INTEROP_THREADS',
  'TF_ENABLE_ONEDNN_OPTS',
  'TF_DETERMINISTIC_OPS',
  'OMP_NUM_THREADS',
  'CUDA_VISIBLE_DEVICES',
]

const require = createRequire(import.meta.url)
let running: Promise<Engine> | undefined

/**
 * Starts an engine, or returns the one already running in this process.
 *
 * `auto` takes tensorflow where its native binding loads and wasm elsewhere.
 *
 * @throws UsageError for an unknown name, and for a second engine in one process
 * @throws WorkError if the engine that was asked for cannot start
 */
export async function startEngine(
  request: EngineName | 'auto' = requestedEngine(process.env.GAUNTLET_ENGINE),
): Promise<Engine> {
  const wanted = requestedEngine(request)
  running ??= start(wanted).catch(error => {
    running = undefined
    throw error
  })
  const engine = await running
  if (wanted !== 'auto' && wanted !== engine.name) {
    throw new UsageError(
      `engine ${engine.name} is already running: start ${wanted} in a process of its own`,
    )
  }
  return engine
}

/**
 * Reads an engine's name as it stands on a command line or in GAUNTLET_ENGINE; nothing means `auto`.
 *
 * @throws UsageError for an unknown name
 */
export function requestedEngine(name: string | undefined): EngineName | 'auto' {
  if (name === undefined || name === '') return 'auto'
  if (name === 'tensorflow' || name === 'wasm' || name === 'auto') return name
  throw new UsageError(`unknown engine: ${name} (choose tensorflow, wasm or auto)`)
}

async function start(request: EngineName | 'auto'): Promise<Engine> {
  repairBroadcastGradients()
  if (request === 'wasm') return startWasm()
  try {
    return await startTensorflow()
  } catch (error) {
    const reason = whyNoTensorflow(error)
    if (request === 'tensorflow') {
      throw new WorkError(
        `engine tensorflow cannot start: ${reason} (build it: npm run setup:tensorflow)`,
      )
    }
    if (!expected.has(reason)) console.warn(`engine tensorflow cannot start: ${reason}; using wasm`)
    return startWasm()
  }
}

const notInstalled = '@tensorflow/tfjs-node-gpu is not installed'
const notBuilt = 'its native binding is not built'
const expected: ReadonlySet<string> = new Set([notInstalled, notBuilt])

function whyNoTensorflow(error: unknown): string {
  const message = messageOf(error)
  if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return notInstalled
  if (message.includes('tfjs_binding.node) can not be found')) return notBuilt
  return message.split('\n')[0]!.trim().replace(/\.$/, '')
}

async function startTensorflow(): Promise<Engine> {
  // Read by the C library when it is loaded: keep its notes about the processor off the terminal.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'
  require('@tensorflow/tfjs-node-gpu')
  await select('tensorflow')
  const { binding, isUsingGpuDevice } = tf.backend() as tf.KernelBackend & {
    readonly binding: { readonly TF_Version: string }
    readonly isUsingGpuDevice: boolean
  }
  const threads = Number(process.env.TF_NUM_INTRAOP_THREADS) || os.availableParallelism()
  const device = isUsingGpuDevice ? acceleratorName() : processorName()
  return describe('tensorflow', threads, device, { tensorflow: binding.TF_Version })
}

async function startWasm(): Promise<Engine> {
  const wasm: typeof wasmEngine = require('@tensorflow/tfjs-backend-wasm')
  const folder = path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'))
  wasm.setWasmPaths(path.join(folder, 'dist', path.sep))
  registerWasmKernels()
  await withoutNewListeners(() => select('wasm'))
  return describe('wasm', 1, processorName(), {})
}

/** The WebAssembly loader rethrows every uncaught error of the process, which would replace its exit status. */
async function withoutNewListeners(f: () => Promise<void>): Promise<void> {
  const events = ['uncaughtException', 'unhandledRejection']
  const before = events.map(event => process.rawListeners(event))
  await f()
  for (const [i, event] of events.entries()) {
    for (const listener of process.rawListeners(event)) {
      if (!before[i]!.includes(listener)) {
        process.removeListener(event, listener as (...args: unknown[]) => void)
      }
    }
  }
}

async function select(name: EngineName): Promise<void> {
  const started = await tf.setBackend(name)
  if (!started || tf.getBackend() !== name) {
    throw new WorkError(`engine ${name} cannot start: its TensorFlow.js backend refused to`)
  }
  for (const other of Object.keys(tf.engine().registryFactory)) {
    if (other !== name) tf.removeBackend(other)
  }
}

function describe(
  name: EngineName,
  threads: number,
  device: string,
  versions: Readonly<Record<string, string>>,
): Engine {
  const settings: Record<string, string> = {}
  for (const variable of influential) {
    const value = process.env[variable]
    if (value !== undefined) settings[variable] = value
  }
  return Object.freeze({
    name,
    versions: Object.freeze({
      tfjs: tf.version_core,
      node: process.versions.node,
      ...versions,
    }),
    threads,
    device,
    settings: Object.freeze(settings),
  })
}

function processorName(): string {
  return os.cpus()[0]?.model.trim() || os.machine()
}
