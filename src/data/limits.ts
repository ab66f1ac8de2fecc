import { UsageError } from '../errors.ts'
import type { DatasetEntry } from './entry.ts'

/** Numbers of examples of the two splits. */
export interface Counts {
  readonly train: number
  readonly test: number
}

/**
 * Numbers of examples to take: what is asked for, never more than files hold.
 *
 * @throws UsageError for a number that is not whole, below one or above what there is
 */
export function exampleCounts(
  entry: Pick<DatasetEntry, 'name' | 'format' | 'train' | 'test'>,
  wanted: Partial<Counts>,
): Counts {
  const take = (split: 'train' | 'test'): number => {
    const most = entry.format === 'generated' ? Number.MAX_SAFE_INTEGER : entry[split]
    const count = wanted[split] ?? entry[split]
    if (Number.isSafeInteger(count) && count >= 1 && count <= most) return count
    throw new UsageError(
      `invalid number of ${split} examples: ${count} (${entry.name} has 1 to ${most})`,
    )
  }
  return { train: take('train'), test: take('test') }
}
