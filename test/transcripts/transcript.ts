import { execFile } from 'node:child_process'
import os from 'node:os'
import { fileURLToPath } from 'node:url'
import { commandFile } from '../../src/runner/project.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const main = fileURLToPath(commandFile)

/** One line that was typed, and what came of it. */
export interface Step {
  readonly typed: string
  /** Standard output and errors as they came, volatile parts replaced; the status if it is not 0. */
  readonly printed: string
}

/** Takes a transcript apart: a line that begins with `$ ` is typed, what follows is its output. */
export function parseTranscript(text: string): Step[] {
  return text
    .split(/^\$ /mu)
    .slice(1)
    .map(step => {
      const end = step.indexOf('\n')
      return { typed: step.slice(0, end), printed: step.slice(end + 1).replace(/\n$/u, '') }
    })
}

/** The text of a transcript; `parseTranscript` takes it apart again. */
export function writeTranscript(steps: readonly Step[]): string {
  return steps.map(({ typed, printed }) => `$ ${typed}\n${printed}\n`).join('')
}

/**
 * Types a line in bash, where `gauntlet` is the real command on engine wasm.
 *
 * @param folder where it is typed
 * @param run what `$RUN` stands for: a model to work with
 * @param computes whether the command measures anything: its decimals are replaced, too
 */
export function type(
  typed: string,
  { folder, run, computes }: { folder: string; run: string; computes: boolean },
): Promise<Step> {
  const script = `gauntlet() { "$NODE" "$MAIN" "$@" 2>&1; }\nset -o pipefail\n${typed}`
  const { GAUNTLET_RESULTS: _, GAUNTLET_DEBUG: __, ...inherited } = process.env
  const env = { ...inherited, GAUNTLET_ENGINE: 'wasm', GAUNTLET_DATA: '', NO_COLOR: '1' }
  const variables = { NODE: process.execPath, MAIN: main, RUN: run }
  return new Promise(resolve => {
    const options = { cwd: folder, env: { ...env, ...variables } }
    execFile('bash', ['-c', script], options, (error, stdout, stderr) => {
      const printed = normalised(stdout + stderr, folder, computes)
      const status = error?.code ? `[exit status ${error.code}]\n` : ''
      resolve({ typed, printed: printed + status })
    })
  })
}

/**
 * The rules by which what differs from run to run or from machine to machine is replaced:
 * folders; times, durations and sizes; identifiers and hashes; versions and the processor; lines of
 * progress. Where the command measures: decimals, and the widths of columns that hold them.
 */
export function normalised(text: string, folder: string, computes: boolean): string {
  const manifest = /\b\d+\.\d+\.\d+(?:[-+.\w]*)/gu
  const plain = text
    .replaceAll(folder, '.')
    .replaceAll(root.replace(/\/$/u, ''), '<gauntlet>')
    .replaceAll(os.cpus()[0]?.model.trim() || 'no processor', '<device>')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/gu, '<time>')
    .replaceAll(/\b[0-9a-f]{64}\b/gu, '<sha256>')
    .replaceAll(/\b[0-9a-f]{20}\b/gu, '<id>')
    .replaceAll(/(?:\d+ h )?(?:\d+ min )?\b\d+(?:\.\d+)? (?:s|ms)\b/gu, '<duration>')
    .replaceAll(/\b\d+ bytes\b/gu, '<size> bytes')
    .replaceAll(manifest, '<version>')
    .replaceAll(/^\d+ % · .*\n/gmu, '')
  if (!computes) return plain
  return plain
    .replaceAll(/-?\b\d+\.\d+(?:e[-+]\d+)?\b/gu, '<number>')
    .replaceAll(/(?<=<number> +)\d{3,}$/gmu, '<number>')
    .replaceAll(/ {2,}/gu, '  ')
    .replaceAll(/─+/gu, '─')
}
