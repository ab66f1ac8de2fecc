import { readFile, rm } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import type { Kysely } from 'kysely'
import { checksumOf } from '../data/checksum.ts'
import { WorkError } from '../errors.ts'
import type { Conflict } from '../store/maintenance/merge-rows.ts'
import type { Schema } from '../store/schema.ts'
import { writeAtomically } from '../training/write-atomically.ts'
import { exists, hashOfKept, type KeptFile, keptFiles, pathsOf } from './kept-files.ts'
import type { ResultsFolder } from './results-folder.ts'

/** What is to be done with the files of another results folder. */
export interface FilePlan {
  readonly copy: readonly KeptFile[]
  /** How many are here already. */
  readonly here: number
  /** Files that rows there rely on and that are not there. */
  readonly missing: readonly KeptFile[]
  /** Files of results that are new here, whose place is taken by another file. */
  readonly conflicts: readonly Conflict[]
}

/** One database with the folder that its files lie in. */
export interface Place {
  readonly store: Kysely<Schema>
  readonly results: ResultsFolder
}

/** Which files of another results folder belong to what is merged and are not here. */
export async function planFiles(theirs: Place, ours: Place): Promise<FilePlan> {
  const own = new Map((await keptFiles(ours.store)).map(one => [one.what, one]))
  const plan = {
    copy: [] as KeptFile[],
    here: 0,
    missing: [] as KeptFile[],
    conflicts: [] as Conflict[],
  }
  for (const kept of await keptFiles(theirs.store)) {
    const known = own.get(kept.what)
    const there = await exists(kept.pathIn(theirs.results))
    if (await exists(kept.pathIn(ours.results))) {
      if (known || !there || (await isSame(kept, theirs.results, ours.results))) plan.here++
      else plan.conflicts.push({ table: 'file', key: kept.pathIn(ours.results), what: 'content' })
    } else if (!there) {
      plan.missing.push(kept)
    } else if (!known || known.sha256 === kept.sha256) {
      plan.copy.push(kept)
    }
  }
  return plan
}

async function isSame(kept: KeptFile, one: ResultsFolder, other: ResultsFolder): Promise<boolean> {
  return (await hashOfKept(kept, one)) === (await hashOfKept(kept, other))
}

/**
 * Copies files from one results folder to another, each compared with the hash that its row names and
 * read back once it is written.
 *
 * @returns what was written; all of it is removed again if one cannot be copied
 * @throws WorkError for a file with another content than its row says, or a full disk
 */
export async function copyFiles(
  files: readonly KeptFile[],
  from: ResultsFolder,
  to: ResultsFolder,
): Promise<string[]> {
  const written: string[] = []
  try {
    for (const kept of files) {
      const sha256 = await hashOfKept(kept, from)
      if (kept.sha256 !== null && kept.sha256 !== sha256) {
        throw new WorkError(
          `invalid ${kept.what}: ${kept.pathIn(from)} is not what its row says; see: gauntlet db check`,
        )
      }
      for (const path of await pathsOf(kept, from)) {
        const target = resolve(to.path, relative(from.path, path))
        const content = await readFile(path)
        written.push(target)
        await writeAtomically(target, content)
        if ((await checksumOf(target)).sha256 !== (await checksumOf(path)).sha256) {
          throw new WorkError(`cannot copy ${path}: ${target} has another content`)
        }
      }
    }
    return written
  } catch (error) {
    await removeFiles(written)
    throw error
  }
}

/** Removes files, as far as they are there. */
export async function removeFiles(files: readonly string[]): Promise<void> {
  for (const file of files) await rm(file, { force: true })
}
