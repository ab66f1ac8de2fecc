import { createHash } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { BuildFailure, Plugin } from 'esbuild'
import { messageOf, UsageError } from '../errors.ts'

/** A user's attack as one module. */
export interface Bundle {
  readonly code: string
  readonly sha256: string
}

/**
 * A file with all that it imports as one module of JavaScript: equal files give equal code wherever
 * they lie, comments and types do not count.
 *
 * @throws UsageError for what does not compile, with its place, and for imports of packages
 */
export async function bundle(file: string): Promise<Bundle> {
  const { build } = await import('esbuild')
  const folder = dirname(file)
  try {
    const { outputFiles } = await build({
      entryPoints: [`./${basename(file)}`],
      absWorkingDir: await realpath(folder),
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node20.17',
      charset: 'utf8',
      legalComments: 'none',
      // Not that of a folder above, which would change the code.
      tsconfigRaw: '{}',
      logLevel: 'silent',
      plugins: [nothingInstalled],
    })
    const code = outputFiles[0]!.text
    return { code, sha256: hashOf(code) }
  } catch (error) {
    throw new UsageError(`invalid attack: ${mistake(error, file, folder)}`)
  }
}

/** SHA-256 of code, hexadecimal. */
export function hashOf(code: string): string {
  return createHash('sha256').update(code).digest('hex')
}

/** A package would be another version on another day: an attack has its own files and Node's. */
const nothingInstalled: Plugin = {
  name: 'nothing-installed',
  setup(build) {
    build.onResolve({ filter: /.*/ }, ({ path, kind }) => {
      if (kind === 'entry-point' || /^\.\.?(\/|$)/.test(path)) return undefined
      if (path.startsWith('node:')) return { path, external: true }
      const text = `import of ${path} (use what the function is handed, files beside it and node:…)`
      return { errors: [{ text }] }
    })
  },
}

/** `file:line:column: what is wrong` */
function mistake(error: unknown, file: string, folder: string): string {
  const [first] = (error as Partial<BuildFailure>).errors ?? []
  if (!first) return `${file}: ${messageOf(error).split('\n')[0]}`
  const { text, location } = first
  const place = location
    ? `${join(folder, location.file)}:${location.line}:${location.column + 1}`
    : file
  return `${place}: ${text.split('\n')[0]}`
}
