/** The native binding of @tensorflow/tfjs-node-gpu, compiled against a library of our own choice. */
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { WorkError } from '../../errors.ts'
import { complaint, run } from './shell.ts'

const packageName = '@tensorflow/tfjs-node-gpu'

/**
 * The folder of the installed package, which is installed without its install script (that would
 * download a library of 2022) if it is absent.
 *
 * @throws WorkError if npm cannot install it
 */
export async function provideBindingPackage(project: string): Promise<string> {
  const folder = path.join(project, 'node_modules', packageName)
  if (existsSync(path.join(folder, 'package.json'))) return folder
  const manifest = JSON.parse(await readFile(path.join(project, 'package.json'), 'utf8')) as {
    readonly optionalDependencies: Readonly<Record<string, string>>
  }
  const wanted = `${packageName}@${manifest.optionalDependencies[packageName]}`
  const npm = await run('npm', ['install', '--no-save', '--ignore-scripts', wanted], {
    folder: project,
  })
  if (npm.status !== 0) throw new WorkError(`npm could not install ${wanted}: ${complaint(npm)}`)
  return folder
}

/**
 * Links the library into the package and compiles the binding there, in about ten seconds.
 *
 * @throws WorkError with the compiler's first complaint
 */
export async function buildBinding(packageFolder: string, library: string): Promise<void> {
  const dependencies = path.join(packageFolder, 'deps')
  await rm(dependencies, { recursive: true, force: true })
  await mkdir(dependencies)
  for (const part of ['include', 'lib']) {
    const target = path.relative(dependencies, path.join(library, part))
    await symlink(target, path.join(dependencies, part))
  }
  const resolve = createRequire(path.join(packageFolder, 'package.json')).resolve
  const installer = resolve('@mapbox/node-pre-gyp/bin/node-pre-gyp')
  const build = await run(process.execPath, [installer, 'install', '--build-from-source'], {
    folder: packageFolder,
    environment: { ...process.env, ...headers(), PATH: searchPath(packageFolder) },
  })
  if (build.status !== 0) {
    throw new WorkError(`the binding does not compile: ${complaint(build)}`)
  }
}

/** Points node-gyp to the headers beside the running Node.js, where they are, so that it downloads none. */
function headers(): NodeJS.ProcessEnv {
  if (process.env.npm_config_nodedir) return {}
  const beside = path.resolve(path.dirname(process.execPath), '..')
  return existsSync(path.join(beside, 'include', 'node', 'node_api.h'))
    ? { npm_config_nodedir: beside }
    : {}
}

function searchPath(packageFolder: string): string {
  const tools = path.resolve(packageFolder, '..', '..', '.bin')
  return [tools, process.env.PATH].filter(Boolean).join(path.delimiter)
}
