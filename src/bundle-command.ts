/**
 * Run by the build: bundles what runs in a process or thread of its own into build/bundle/node, with
 * the packages that come in hundreds of small modules. `gauntlet` starts in half the time so; the
 * files that tsc makes do the same, and are what tests import.
 */
import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { commandFile } from './runner/project.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const target = fileURLToPath(new URL('.', commandFile))

/** They stay packages: CommonJS, native, or seldom needed. */
const external = [
  '@tensorflow/*',
  'commander',
  'compression',
  'esbuild',
  'express',
  'helmet',
  'hyparquet-writer',
  'marked',
  'sqlite3',
  'typescript',
  'yaml',
]

await rm(target, { recursive: true, force: true })
await build({
  entryPoints: {
    main: path('./main.js'),
    worker: path('./runner/worker.js'),
    'lease-thread': path('./runner/lease-thread.js'),
    'http-worker': path('./own-models/http-worker.js'),
  },
  outdir: target,
  bundle: true,
  splitting: true,
  sourcemap: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external,
  logLevel: 'warning',
})
