import { statfs } from 'node:fs/promises'
import { WorkError } from '../../errors.ts'
import { run } from './shell.ts'

const gigabyte = 1e9

/** Free disk space that the wheel and the libraries unpacked from it take together, in bytes. */
export const spaceForLibrary = 1.5 * gigabyte

/** @throws WorkError unless TensorFlow's wheels for this platform hold the library that the binding needs */
export function requirePlatform(platform = process.platform, architecture = process.arch): void {
  if (platform === 'linux' && (architecture === 'x64' || architecture === 'arm64')) return
  throw new WorkError(
    `unsupported platform: ${platform} ${architecture} (engine tensorflow is built on Linux x64 or arm64 only; engine wasm runs here)`,
  )
}

/** @throws WorkError naming the first tool of the binding's build that is missing */
export async function requireBuildTools(): Promise<void> {
  await requireTool('python3', 'node-gyp needs it: install Python 3')
  await requireTool('make', 'install it (Debian: apt-get install make)')
  await requireTool(
    process.env.CXX || 'g++',
    'install a C++ compiler (Debian: apt-get install g++)',
  )
}

/** @throws WorkError if Python or its pip is missing */
export async function requirePip(): Promise<void> {
  await requireTool('python3', 'it fetches and unpacks the library: install Python 3 with pip')
  const pip = await run('python3', ['-m', 'pip', '--version'])
  if (pip.status !== 0) {
    throw new WorkError(
      'missing pip: it fetches the library (Debian: apt-get install python3-pip; elsewhere: python3 -m ensurepip)',
    )
  }
}

/** @throws WorkError if the file system of an existing folder has less than `bytes` free */
export async function requireSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  if (free >= bytes) return
  throw new WorkError(
    `not enough disk space: ${inGigabytes(free)} free in ${folder}, ${inGigabytes(bytes)} needed`,
  )
}

async function requireTool(tool: string, remedy: string): Promise<void> {
  const { status } = await run(tool, ['--version'])
  if (status !== 0) throw new WorkError(`missing ${tool}: ${remedy}`)
}

function inGigabytes(bytes: number): string {
  return `${(bytes / gigabyte).toFixed(1)} GB`
}
