import { registry } from '../../src/data/registry.ts'
import type { ContentKind } from '../schemas/gallery.ts'

/**
 * What a data set holds; null for one that is not known.
 *
 * @param shape JSON, see `DatasetTable.shape`
 */
export function contentKind(dataset: string, shape: string): ContentKind | null {
  if ((JSON.parse(shape) as readonly number[]).length === 3) return 'images'
  return registry.find(({ name }) => name === dataset)?.kind ?? null
}
