import type { ImageDataset } from '../data/dataset.ts'
import { identifierOf } from '../plans/identifier.ts'
import type { DataConfig } from '../plans/job-config.ts'
import { canonicalJson } from '../store/canonical-json.ts'
import type { NewDataset } from '../store/results.ts'

/** Identifier of a data set as it is used: content and number of examples. */
export function datasetId({ name, train, test, sha256 }: Omit<DataConfig, 'seed'>): string {
  return identifierOf({ name, train, test, sha256 })
}

/** The row that describes a loaded data set. */
export function datasetRow(dataset: ImageDataset): NewDataset {
  const { name, sha256, licence } = dataset
  const [train, test] = [dataset.train.count, dataset.test.count]
  return {
    id: datasetId({ name, train, test, sha256 }),
    name,
    train_count: train,
    test_count: test,
    shape: canonicalJson(dataset.shape),
    classes: canonicalJson(dataset.classes),
    licence,
    sha256,
  }
}
