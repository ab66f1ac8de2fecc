import { basename } from 'node:path'
import { Command } from 'commander'
import { requestedEngine, startEngine } from '../engine/engine.ts'
import { loadImages } from '../own-models/images.ts'
import { type Imported, importModel } from '../own-models/import-model.ts'
import { environmentRow } from '../runner/environment.ts'
import { resultsFolder } from '../runner/results-folder.ts'
import { saveEnvironment } from '../store/results.ts'
import { openStore } from '../store/store.ts'
import { engineOption } from './engine-option.ts'
import { examples } from './examples.ts'
import { resultsOption } from './results-option.ts'

/** What it takes to import a model. */
export interface ImportOptions {
  readonly architecture?: string
  readonly data?: string
  readonly dataset: string
  readonly engine: string
  readonly name?: string
  readonly results: string
}

/** `gauntlet import`: takes a model of other origin into the results. */
export function importCommand(): Command {
  return new Command('import')
    .description('take in a model of your own, to be attacked like any other')
    .argument('<from>', 'model.json, weights.npz, weights.safetensors or http://…')
    .requiredOption('--dataset <name>', 'the images that it classifies (see: gauntlet data list)')
    .option('--architecture <file>', 'for weights: the network, as in a plan')
    .option('--name <name>', 'what to call it (default: the name of the file)')
    .option('--data <folder>', 'folder with data sets (also GAUNTLET_DATA)')
    .addOption(resultsOption())
    .addOption(engineOption())
    .addHelpText(
      'after',
      `
A model.json is a LayersModel or a GraphModel of TensorFlow.js; a softmax at its
end is left out. Weights are named as gauntlet export-model writes them. Behind
an address, a POST of {"instances": [image, …]} is answered by
{"predictions": [[score, …], …]}; an image is nested by height, width and
channel, its values are from 0 to 1.`,
    )
    .addHelpText(
      'after',
      examples(
        'gauntlet import model.json --dataset mnist',
        'gauntlet import weights.npz --dataset mnist --architecture network.yaml',
      ),
    )
    .action(async (from: string, options: ImportOptions) => {
      const { id, cleanAccuracy, remarks } = await importFrom(from, options)
      for (const remark of remarks) console.log(`note: ${remark}`)
      const accuracy = (100 * cleanAccuracy).toFixed(1)
      console.log(`imported: ${id}, ${accuracy} % of the test images right without attack`)
      console.log(
        `\nTo attack it, type:\n  npx gauntlet attack --model ${id} --attack pgd --eps 0.1`,
      )
    })
}

/** Imports a model; see `importModel`. */
export async function importFrom(from: string, options: ImportOptions): Promise<Imported> {
  const engine = await startEngine(requestedEngine(options.engine))
  const { dataset, data } = await loadImages(options.dataset, options.data)
  const results = resultsFolder(options.results)
  const store = await openStore(results.database)
  try {
    const environment = await environmentRow(engine)
    await saveEnvironment(store, environment)
    const name = options.name ?? basename(from).replace(/\.\w+$/, '')
    return await importModel(
      { from, architecture: options.architecture, name, dataset, data },
      { store, results, environmentId: environment.id },
    )
  } finally {
    await store.destroy()
  }
}
