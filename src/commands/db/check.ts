import { stat } from 'node:fs/promises'
import { Kysely } from 'kysely'
import { messageOf, UsageError } from '../../errors.ts'
import { checkFiles } from '../../runner/check-files.ts'
import { resultsFolder } from '../../runner/results-folder.ts'
import {
  damage,
  danglingReferences,
  disagreeingCorruptions,
  disagreeingEvaluations,
  schemaDifferences,
} from '../../store/maintenance/integrity.ts'
import { migrations } from '../../store/migrations/index.ts'
import { Sqlite3Dialect } from '../../store/sqlite3-dialect.ts'
import { appliedMigrations, type Store } from '../../store/store.ts'

/**
 * Prints what is wrong with a results folder, a line each, and how much it is.
 *
 * @param print gets every line of output
 * @returns whether nothing is
 */
export async function checkDatabase(
  folder: string,
  print: (line: string) => void = console.log,
): Promise<boolean> {
  const results = resultsFolder(folder)
  const { database } = results
  if (!(await stat(database).catch(() => undefined))) {
    throw new UsageError(`no results yet: ${database} (run: npx gauntlet nightly)`)
  }
  const store: Store = new Kysely({
    dialect: new Sqlite3Dialect({ filename: database, readonly: true }),
  })
  try {
    const findings = await findingsIn(store, database, () => checkFiles(store, results))
    for (const finding of findings) print(finding)
    print(
      findings.length === 0
        ? `${database}: nothing is wrong`
        : `${database}: ${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}`,
    )
    return findings.length === 0
  } finally {
    await store.destroy()
  }
}

/** Later questions rely on the answers to earlier ones: the first that finds something is the last. */
async function findingsIn(
  store: Store,
  database: string,
  files: () => Promise<string[]>,
): Promise<string[]> {
  const questions = [
    () => damage(store),
    () => outdated(store, database),
    async () => [...(await schemaDifferences(store)), ...(await danglingReferences(store))],
    async () => [
      ...(await disagreeingEvaluations(store)),
      ...(await disagreeingCorruptions(store)),
      ...(await files()),
    ],
  ]
  for (const ask of questions) {
    const findings = await ask().catch(error => [`unreadable: ${messageOf(error)}`])
    if (findings.length > 0) return findings
  }
  return []
}

async function outdated(store: Store, database: string): Promise<string[]> {
  const applied = await appliedMigrations(store, database)
  const missing = Object.keys(migrations).filter(name => !applied.includes(name))
  if (missing.length === 0) return []
  return [
    `outdated: version ${applied.at(-1) ?? 'none'} of the schema, not ${missing.at(-1)}; ` +
      'npx gauntlet nightly brings it up to date',
  ]
}
