import type { Victim } from '../../attacks/victim.ts'
import type { ImageDataset } from '../data/dataset.ts'
import type { Workbench } from './workbench.ts'

/** A model on images with its data set; undefined if the model's training diverged. */
export async function imageVictim(
  bench: Workbench,
  model: string,
): Promise<{ readonly victim: Victim; readonly dataset: ImageDataset } | undefined> {
  const own = await bench.victim(model)
  if (!own) return undefined
  const dataset = await bench.dataset(own.data)
  if (dataset.kind !== 'images') throw new Error(`no images: ${dataset.name}`)
  return { victim: own.victim, dataset }
}
