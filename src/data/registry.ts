import { UsageError } from '../errors.ts'
import type { DatasetEntry } from './entry.ts'
import { graphSets } from './sets/graph-sets.ts'
import { imageSets } from './sets/image-sets.ts'
import { textSets } from './sets/text-sets.ts'

/** The data sets Gauntlet knows by name. */
export const registry: readonly DatasetEntry[] = [...imageSets, ...textSets, ...graphSets]

/**
 * The entry of this name.
 *
 * @throws UsageError listing the known names
 */
export function entryNamed(name: string, entries: readonly DatasetEntry[] = registry) {
  const entry = entries.find(candidate => candidate.name === name)
  if (entry) return entry
  const known = entries.map(candidate => candidate.name).join(', ')
  throw new UsageError(`unknown data set: ${name} (known: ${known})`)
}
