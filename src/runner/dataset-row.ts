import { type Dataset, splitSizes } from '../data/dataset.ts'
import { identifierOf } from '../plans/identifier.ts'
import type { DataConfig } from '../plans/job-config.ts'
import { canonicalJson } from '../store/canonical-json.ts'
import type { NewDataset } from '../store/results.ts'

/** Identifier of a data set as it is used: content and number of examples. */
export function datasetId({ name, train, test, sha256 }: Omit<DataConfig, 'seed'>): string {
  return identifierOf({ name, train, test, sha256 })
}

/** The row that describes a loaded data set. */
export function datasetRow(dataset: Dataset): NewDataset {
  const { name, sha256, licence } = dataset
  const { train, test } = splitSizes(dataset)
  return {
    id: datasetId({ name, train, test, sha256 }),
    name,
    train_count: train,
    test_count: test,
    shape: canonicalJson(shapeOf(dataset)),
    classes: canonicalJson(dataset.classes),
    licence,
    sha256,
  }
}

/** Of an image; `[length, vocabulary]` of texts; `[nodes, features]` of a graph. */
function shapeOf(dataset: Dataset): readonly number[] {
  switch (dataset.kind) {
    case 'images':
      return dataset.shape
    case 'sequences':
      return [dataset.length, dataset.vocabulary.length]
    case 'graph':
      return [dataset.nodes, dataset.features.count]
  }
}
