import { openStore } from '../../../src/store/store.ts'
import { attacks, saveAttacked } from './evaluations.ts'
import { measurements } from './measurements.ts'
import { saveTrainings, trainings } from './models.ts'
import { saveNightlies } from './nightlies.ts'

/** How large a database is to be, and the seed of what is drawn. */
export interface Scale {
  readonly runs: number
  /** At least so many rows of examples; as many as needed for evaluations of one size. */
  readonly examples: number
  readonly seed: number
}

/** How many rows there came to be. */
export interface Written {
  readonly runs: number
  readonly evaluations: number
  readonly examplesEach: number
  readonly measurements: number
  readonly jobs: number
}

/** Evaluations in one transaction. */
const batch = 200

/** Writes a new results database; equal scales give equal rows. */
export async function writeScaleDatabase(
  file: string,
  { runs, examples, seed }: Scale,
): Promise<Written> {
  const store = await openStore(file)
  try {
    const models = trainings(runs, seed)
    const attacked = attacks(models)
    const measured = measurements(models, seed)
    const n = Math.ceil(examples / attacked.length)
    await store.transaction().execute(transaction => saveTrainings(transaction, models))
    for (let first = 0; first < attacked.length; first += batch) {
      await store.transaction().execute(async transaction => {
        for (const [at, one] of attacked.slice(first, first + batch).entries()) {
          await saveAttacked(transaction, one, n, seed, first + at)
        }
      })
    }
    await store.transaction().execute(async transaction => {
      for (const [at, { save }] of measured.entries()) await save(transaction, at)
    })
    const jobs = await store
      .transaction()
      .execute(transaction => saveNightlies(transaction, models, attacked, measured))
    return {
      runs: models.length,
      evaluations: attacked.length,
      examplesEach: n,
      measurements: measured.length,
      jobs,
    }
  } finally {
    await store.destroy()
  }
}
