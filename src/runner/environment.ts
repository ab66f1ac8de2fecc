import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Engine } from '../engine/engine.ts'
import { identifierOf } from '../plans/identifier.ts'
import { canonicalJson } from '../store/canonical-json.ts'
import type { NewEnvironment } from '../store/results.ts'
import { gauntletVersion, projectFolder } from './project.ts'

/** The row that says where numbers are made: engine, machine, versions. */
export async function environmentRow(engine: Engine): Promise<NewEnvironment> {
  const row = {
    engine: engine.name,
    versions: canonicalJson(engine.versions),
    threads: engine.threads,
    device: engine.device,
    settings: canonicalJson(engine.settings),
    node_version: process.versions.node,
    gauntlet_version: await gauntletVersion(),
    commit_hash: await commitHash(),
  }
  return { id: identifierOf(row), ...row }
}

/** The checked-out commit, with `+` where tracked files differ from it; null outside a checkout. */
async function commitHash(): Promise<string | null> {
  const git = async (...args: string[]) =>
    (await promisify(execFile)('git', args, { cwd: projectFolder })).stdout.trim()
  try {
    const hash = await git('rev-parse', '--short=12', 'HEAD')
    const changed = await git('status', '--porcelain', '--untracked-files=no')
    return changed === '' ? hash : `${hash}+`
  } catch {
    return null
  }
}
