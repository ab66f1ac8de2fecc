import type { ImageDataset } from '../data/dataset.ts'
import { loadDataset } from '../data/load.ts'
import { UsageError } from '../errors.ts'
import { dataConfig } from '../plans/expand.ts'
import type { DataConfig } from '../plans/job-config.ts'

/**
 * A set of images by name, whole.
 *
 * @throws UsageError for an unknown name or a set without images
 */
export async function loadImages(
  name: string,
  dataFolder: string | undefined,
): Promise<{ readonly dataset: ImageDataset; readonly data: DataConfig }> {
  const seed = 0
  const dataset = await loadDataset({ name, seed }, { data: dataFolder })
  if (dataset.kind === 'images') return { dataset, data: dataConfig(dataset, { seed }) }
  throw new UsageError(`invalid data set: ${name} has no images, own models are for images`)
}
