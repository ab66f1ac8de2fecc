import type { UnofficialCifarEntry } from './entry.ts'
import { findFile } from './folder.ts'

const trainBatches = [1, 2, 3, 4, 5].map(number => `data_batch_${number}.bin`)

/** Names of the batches: five for training, one for the test. */
export const cifarBatches = { train: trainBatches, test: ['test_batch.bin'] } as const

/** Where the batches of one folder lie; gzipped ones end in `.gz`. */
export interface CifarFolder {
  /** Those of the five that are there, in order. */
  readonly train: readonly string[]
  readonly test: readonly string[]
}

/**
 * The first folder that has a batch for training and one for the test, gzipped or not; undefined
 * when none has.
 */
export async function findCifarFolder(
  entry: UnofficialCifarEntry,
  folders: readonly string[],
): Promise<(CifarFolder & { readonly folder: string }) | undefined> {
  for (const folder of folders) {
    const find = async (names: readonly string[]) => {
      const found = await Promise.all(names.map(name => findBatch(entry, name, folder)))
      return found.filter(path => path !== undefined)
    }
    const train = await find(cifarBatches.train)
    const test = await find(cifarBatches.test)
    if (train.length > 0 && test.length > 0) return { folder, train, test }
  }
  return undefined
}

async function findBatch(entry: UnofficialCifarEntry, name: string, folder: string) {
  const plain = await findFile(entry, { name }, [folder])
  return (plain ?? (await findFile(entry, { name: `${name}.gz` }, [folder])))?.path
}
