import { realpath } from 'node:fs/promises'
import { resolve } from 'node:path'
import { UsageError } from '../errors.ts'
import { baselineOf, type Located } from '../nightly/compare-stores.ts'
import { openStore } from '../store/store.ts'
import { databaseFile } from './results-option.ts'

/**
 * Opens another results folder and finds its latest execution of a plan; an older database is brought
 * up to date. The store is to be destroyed by the caller.
 *
 * @param results the folder that is compared with it
 * @throws UsageError if it is that folder, holds no results, or no finished execution of the plan
 */
export async function openBaseline(
  folder: string,
  plan: string,
  results: string,
): Promise<Located> {
  if ((await placeOf(folder)) === (await placeOf(results))) {
    throw new UsageError(`invalid baseline: ${folder} is the results folder itself`)
  }
  const store = await openStore(databaseFile(folder), { existing: true })
  try {
    return { store, nightly: await baselineOf(store, plan, folder), place: folder }
  } catch (error) {
    await store.destroy()
    throw error
  }
}

/** Where a folder lies, links followed; as it is named where it is not there yet. */
async function placeOf(folder: string): Promise<string> {
  return realpath(folder).catch(() => resolve(folder))
}
