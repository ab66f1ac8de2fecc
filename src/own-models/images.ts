import type { ImageDataset } from '../data/dataset.ts'
import { loadDataset } from '../data/load.ts'
import { dataConfig } from '../plans/expand.ts'
import type { DataConfig } from '../plans/job-config.ts'
import { requireImages } from './own-model.ts'

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
  const dataset = requireImages(await loadDataset({ name, seed }, { data: dataFolder }))
  return { dataset, data: dataConfig(dataset, { seed }) }
}
