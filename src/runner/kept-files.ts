import { createHash } from 'node:crypto'
import { access, readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Kysely } from 'kysely'
import { checksumOf } from '../data/checksum.ts'
import { tfjsFiles } from '../own-models/tfjs-files.ts'
import { keptAttacks, keptExamples, keptModels } from '../store/maintenance/kept-files.ts'
import type { Schema } from '../store/schema.ts'
import type { ResultsFolder } from './results-folder.ts'

/** A file of the results folder that a row of the database relies on. */
export interface KeptFile {
  /** What it is, for people, e.g. `checkpoint of model 0123`. */
  readonly what: string
  /** Id of the row; the SHA-256 of an attack's code. */
  readonly id: string
  /** Where it lies; of a model in TensorFlow.js' format, its `model.json`. */
  pathIn(results: ResultsFolder): string
  /** SHA-256 of its content as the row says; null where none does. */
  readonly sha256: string | null
  /** Whether files beside it belong to it, which it names itself. */
  readonly isFolder: boolean
}

/** Every file that the rows of a database rely on. */
export async function keptFiles(store: Kysely<Schema>): Promise<KeptFile[]> {
  const models = (await keptModels(store)).map(({ id, format, sha256 }): KeptFile => {
    const isFolder = format === 'tfjs'
    const pathIn = (results: ResultsFolder) =>
      isFolder ? join(results.ownModel(id), 'model.json') : results.checkpoint(id)
    return { what: `checkpoint of model ${id}`, id, pathIn, sha256, isFolder }
  })
  const examples = (await keptExamples(store)).map((id): KeptFile => {
    const pathIn = (results: ResultsFolder) => results.examples(id)
    return { what: `examples of evaluation ${id}`, id, pathIn, sha256: null, isFolder: false }
  })
  const attacks = (await keptAttacks(store)).map((id): KeptFile => {
    const pathIn = (results: ResultsFolder) => results.attack(id)
    return { what: `code of attack ${id.slice(0, 12)}`, id, pathIn, sha256: id, isFolder: false }
  })
  return [...models, ...examples, ...attacks]
}

/** The paths behind a kept file: itself, and what belongs to it. */
export async function pathsOf(kept: KeptFile, results: ResultsFolder): Promise<string[]> {
  const path = kept.pathIn(results)
  if (!kept.isFolder) return [path]
  return (await tfjsFiles(path)).map(part => join(dirname(path), part))
}

/** Whether there is a file at a path. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/** SHA-256 of a kept file's content, of several one after the other. */
export async function hashOfKept(kept: KeptFile, results: ResultsFolder): Promise<string> {
  const paths = await pathsOf(kept, results)
  if (paths.length === 1) return (await checksumOf(paths[0]!)).sha256
  const hash = createHash('sha256')
  for (const path of paths) hash.update(await readFile(path))
  return hash.digest('hex')
}

/** Names in a folder; none where there is no folder. */
export async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).sort()
}
