import type { GraphDataset } from '../dataset.ts'

/** What the files of a graph hold. */
export type GraphContent = Pick<
  GraphDataset,
  'nodes' | 'edges' | 'features' | 'labels' | 'train' | 'validation' | 'test'
>
