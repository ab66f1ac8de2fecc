import { basename, dirname } from 'node:path'
import type { Kysely } from 'kysely'
import { messageOf } from '../errors.ts'
import { unfinishedJobs } from '../store/maintenance/kept-files.ts'
import type { Schema } from '../store/schema.ts'
import { exists, hashOfKept, type KeptFile, keptFiles, namesIn } from './kept-files.ts'
import type { ResultsFolder } from './results-folder.ts'

/**
 * What is wrong with the files of a results folder, one line each: files that a row relies on and
 * that are missing or have another content, and files that no row and no unfinished job knows.
 */
export async function checkFiles(store: Kysely<Schema>, results: ResultsFolder): Promise<string[]> {
  const kept = await keptFiles(store)
  const findings: string[] = []
  for (const one of kept) findings.push(...(await checkFile(one, results)))
  return [...findings, ...(await orphans(kept, new Set(await unfinishedJobs(store)), results))]
}

async function checkFile(kept: KeptFile, results: ResultsFolder): Promise<string[]> {
  const path = kept.pathIn(results)
  if (!(await exists(path))) return [`missing: ${kept.what}: ${path}`]
  if (kept.sha256 === null) return []
  try {
    const found = await hashOfKept(kept, results)
    if (found === kept.sha256) return []
    return [`changed: ${kept.what}: ${path} has SHA-256 ${head(found)}, not ${head(kept.sha256)}`]
  } catch (error) {
    return [`damaged: ${kept.what}: ${messageOf(error)}`]
  }
}

async function orphans(
  kept: readonly KeptFile[],
  unfinished: ReadonlySet<string>,
  results: ResultsFolder,
): Promise<string[]> {
  const known = new Set(kept.map(one => entryOf(one, results)))
  const folders = [
    dirname(results.checkpoint('x')),
    dirname(results.examples('x')),
    dirname(results.ownModel('x')),
    dirname(results.attack('x')),
    dirname(results.part('x')),
  ]
  const findings: string[] = []
  for (const folder of folders) {
    for (const name of await namesIn(folder)) {
      const path = `${folder}/${name}`
      const id = name.split('.')[0]!
      if (!known.has(path) && !unfinished.has(id)) findings.push(`orphaned: ${path}`)
    }
  }
  return findings
}

/** The file or folder that stands for a kept file among those beside it. */
function entryOf(kept: KeptFile, results: ResultsFolder): string {
  const path = kept.pathIn(results)
  const entry = kept.isFolder ? dirname(path) : path
  return `${dirname(entry)}/${basename(entry)}`
}

const head = (sha256: string) => `${sha256.slice(0, 12)}…`
