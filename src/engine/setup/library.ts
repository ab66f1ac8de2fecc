/**
 * TensorFlow's C library, taken out of the Python wheel that PyPI distributes: libtensorflow_cc exports
 * the whole C interface, and unlike the separate C archives these wheels are current.
 *
 * A library lies in `<folder>/<version>` (`<version>-cuda` with CUDA) as `include/` and `lib/`.
 */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises'
import path from 'node:path'
import { WorkError } from '../../errors.ts'
import { requirePip, requireSpace, spaceForLibrary } from './requirements.ts'
import { complaint, run } from './shell.ts'

export interface LibraryOptions {
  /** Where the libraries are kept. */
  readonly folder: string
  /** Take the wheel with CUDA support. */
  readonly cuda: boolean
  /** Called with one line before each step that takes long. */
  readonly report: (line: string) => void
}

/**
 * The folder of the newest library in `options.folder`, which is fetched and unpacked if there is none;
 * a wheel lying in `options.folder` is used instead of the download.
 *
 * @throws WorkError if a tool, disk space or the wheel is missing
 */
export async function provideLibrary(options: LibraryOptions): Promise<string> {
  const { folder, cuda, report } = options
  const existing = await newestLibrary(folder, cuda)
  if (existing !== undefined) return existing
  await mkdir(folder, { recursive: true })
  const given = await wheelIn(folder, cuda)
  if (given === undefined) await requirePip()
  await requireSpace(folder, spaceForLibrary)
  const work = await mkdtemp(path.join(folder, 'unfinished-'))
  try {
    const wheel = given ?? (await download(work, cuda, report))
    report(`unpacking ${path.basename(wheel)}`)
    return await unpack(wheel, work, path.join(folder, versionOf(wheel) + (cuda ? '-cuda' : '')))
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function newestLibrary(folder: string, cuda: boolean): Promise<string | undefined> {
  if (!existsSync(folder)) return undefined
  const pattern = cuda ? /^\d[\d.]*-cuda$/ : /^\d[\d.]*$/
  const names = (await readdir(folder)).filter(name => pattern.test(name))
  const newest = names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1)
  return newest === undefined ? undefined : path.join(folder, newest)
}

async function wheelIn(folder: string, cuda: boolean): Promise<string | undefined> {
  const start = `${distribution(cuda).replace('-', '_')}-`
  const names = (await readdir(folder)).filter(
    name => name.startsWith(start) && name.endsWith('.whl'),
  )
  const newest = names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1)
  return newest === undefined ? undefined : path.join(folder, newest)
}

/** On 64-bit ARM the plain wheel is the one without CUDA. */
function distribution(cuda: boolean): string {
  return cuda || process.arch === 'arm64' ? 'tensorflow' : 'tensorflow-cpu'
}

async function download(
  work: string,
  cuda: boolean,
  report: LibraryOptions['report'],
): Promise<string> {
  const name = distribution(cuda)
  report(`downloading ${name} with pip`)
  const fetch = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', work, name]
  let pip = await run('python3', fetch)
  if (pip.status !== 0) {
    // TensorFlow has no wheels for the newest Python yet; the library inside is the same for all.
    const anyPython = ['--only-binary=:all:', '--python-version=3.12']
    const second = await run('python3', [...fetch, ...anyPython])
    if (second.status === 0) pip = second
  }
  const wheel = await wheelIn(work, cuda)
  if (pip.status !== 0 || wheel === undefined) {
    throw new WorkError(`pip could not download ${name}: ${complaint(pip)}`)
  }
  return wheel
}

function versionOf(wheel: string): string {
  return path.basename(wheel).split('-')[1]!
}

const extract = `
import sys, zipfile
wheel, target = sys.argv[1:]
wanted = ('tensorflow/include/', 'tensorflow/libtensorflow_cc.', 'tensorflow/libtensorflow_framework.')
with zipfile.ZipFile(wheel) as archive:
    archive.extractall(target, [n for n in archive.namelist() if n.startswith(wanted)])
`

/** Unpacks beside the final place and renames at the end: an interrupted run leaves no half library. */
async function unpack(wheel: string, work: string, library: string): Promise<string> {
  const python = await run('python3', ['-c', extract, wheel, work])
  if (python.status !== 0) {
    throw new WorkError(`cannot unpack ${path.basename(wheel)}: ${complaint(python)}`)
  }
  const content = path.join(work, 'tensorflow')
  const lib = path.join(content, 'lib')
  await mkdir(lib)
  for (const part of ['cc', 'framework']) {
    const file = (await readdir(content)).find(name => name.startsWith(`libtensorflow_${part}.so`))
    if (file === undefined) {
      throw new WorkError(`${path.basename(wheel)} holds no libtensorflow_${part}.so`)
    }
    await rename(path.join(content, file), path.join(lib, file))
    // The names that the binding is linked against.
    const link = part === 'cc' ? 'libtensorflow.so' : 'libtensorflow_framework.so'
    await symlink(file, path.join(lib, link))
  }
  await rename(content, library)
  return library
}
