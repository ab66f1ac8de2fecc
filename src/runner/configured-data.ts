import type { Dataset } from '../data/dataset.ts'
import { loadDataset } from '../data/load.ts'
import { entryNamed } from '../data/registry.ts'
import { WorkError } from '../errors.ts'
import type { DataConfig } from '../plans/job-config.ts'

/**
 * The data that a configuration names.
 *
 * @throws WorkError if what is found is not what the configuration was made with
 */
export async function loadConfiguredData(
  { sha256, train, test, ...request }: DataConfig,
  dataFolder: string | undefined,
): Promise<Dataset> {
  const { kind } = entryNamed(request.name)
  // A graph has a split of its own.
  const counts = kind === 'graph' ? {} : { train, test }
  const dataset = await loadDataset({ ...request, ...counts }, { data: dataFolder })
  if (dataset.sha256 === sha256) return dataset
  throw new WorkError(
    `wrong data: ${request.name} has SHA-256 ${dataset.sha256}, the plan was made with ${sha256}`,
  )
}
