import { UsageError } from '../errors.ts'
import { resultsFolder } from '../runner/results-folder.ts'
import { type TrainedModel, trainedModels } from '../store/queries/trained-model.ts'
import { openStore } from '../store/store.ts'

/**
 * The model whose identifier begins like this.
 *
 * @throws UsageError if there is none, or more than one
 */
export async function findModel(prefix: string, results: string): Promise<TrainedModel> {
  const store = await openStore(resultsFolder(results).database, { readonly: true })
  try {
    const [model, another] = await trainedModels(store, prefix)
    if (!model)
      throw new UsageError(`unknown run: ${prefix} (see: gauntlet query "select * from v_runs")`)
    if (another) throw new UsageError(`ambiguous run: ${prefix} (give more characters)`)
    return model
  } finally {
    await store.destroy()
  }
}
