import type { Dataset } from '../../src/data/dataset.ts'
import { entryNamed } from '../../src/data/registry.ts'
import type { DataConfig } from '../../src/plans/job-config.ts'
import { loadConfiguredData } from '../../src/runner/configured-data.ts'
import { canonicalJson } from '../../src/store/canonical-json.ts'

/** Loads a data set as a model met it, with at least so many of its test examples. */
export type CleanData = (data: DataConfig, examples: number) => Promise<Dataset>

/** Most data sets kept in memory. */
const kept = 4

/**
 * Loads data sets and keeps the last few. One that could not be loaded is tried again.
 *
 * @param folder searched before `GAUNTLET_DATA` and `./data`
 */
export function cleanData(folder: string | undefined): CleanData {
  const loading = new Map<string, Promise<Dataset>>()
  return (data, examples) => {
    const config = needed(data, examples)
    const key = canonicalJson(config)
    const known = loading.get(key)
    if (known) return known
    const loaded = loadConfiguredData(config, folder)
    const [oldest] = loading.keys()
    if (oldest !== undefined && loading.size >= kept) loading.delete(oldest)
    loading.set(key, loaded)
    loaded.catch(() => loading.delete(key))
    return loaded
  }
}

/**
 * Of images in files what is shown and little else: their checksum is that of the whole files. The
 * checksum of a generated set depends on its size, the vocabulary of texts on those trained on.
 */
function needed(data: DataConfig, examples: number): DataConfig {
  const { kind, format } = entryNamed(data.name)
  if (kind !== 'images' || format === 'generated') return data
  return { ...data, train: 1, test: Math.min(data.test, examples) }
}
