import { stat } from 'node:fs/promises'
import { WorkError } from '../../errors.ts'
import { resultsFolder } from '../../runner/results-folder.ts'
import { liveJobs } from '../../store/maintenance/live-jobs.ts'
import { vacuum } from '../../store/maintenance/vacuum.ts'
import { openStore, type Store } from '../../store/store.ts'

/**
 * Gives unused space of a results database back, and says how much.
 *
 * @param print gets the line of output
 * @throws WorkError while a nightly is running, or if the disk is full; nothing is lost then
 */
export async function vacuumDatabase(
  folder: string,
  print: (line: string) => void = console.log,
): Promise<void> {
  const { database } = resultsFolder(folder)
  const store = await openStore(database, { existing: true })
  try {
    await requireIdle(store, database)
    const before = await bytesOf(database)
    await vacuum(store)
    const after = await bytesOf(database)
    print(`${database}: ${before} bytes before, ${after} bytes after`)
  } finally {
    await store.destroy()
  }
}

/** @throws WorkError while workers hold jobs of this database */
export async function requireIdle(store: Store, database: string): Promise<void> {
  const [title, ...more] = await liveJobs(store)
  if (title === undefined) return
  const others = more.length > 0 ? ` and ${more.length} more` : ''
  throw new WorkError(
    `busy: ${database}: a nightly is running (${title}${others}); wait until it is done, or stop it`,
  )
}

/** Of the database and its log of changes. */
async function bytesOf(database: string): Promise<number> {
  const sizes = [database, `${database}-wal`].map(file =>
    stat(file).then(
      ({ size }) => size,
      () => 0,
    ),
  )
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}
