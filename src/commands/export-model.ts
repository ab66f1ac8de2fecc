import { writeFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { Command } from 'commander'
import { messageOf, UsageError, WorkError } from '../errors.ts'
import { encodeNpz, type StoredTensors } from '../own-models/npz.ts'
import { resultsFolder } from '../runner/results-folder.ts'
import { readCheckpoint } from '../training/checkpoint.ts'
import { encodeSafetensors } from '../training/safetensors.ts'
import { examples } from './examples.ts'
import { findModel } from './find-model.ts'
import { resultsOption } from './results-option.ts'

/** `gauntlet export-model`: a trained model's weights for other tools. */
export function exportModelCommand(): Command {
  return new Command('export-model')
    .description("write a model's weights for other tools, and its network beside them")
    .argument('<run>', 'identifier of the run, or its first characters')
    .argument('<file>', 'weights.npz or weights.safetensors')
    .addOption(resultsOption())
    .addHelpText(
      'after',
      `
The network is written to <file>.architecture.json, in the words of a plan.
Kernels of convolutions are by height, width, input and output, of dense layers
by input and output; images are by height, width and channel.`,
    )
    .addHelpText('after', examples('gauntlet export-model 3f2a weights.npz'))
    .action(exportModel)
}

async function exportModel(
  run: string,
  file: string,
  options: { readonly results: string },
): Promise<void> {
  const encode = encoders[extname(file)]
  if (!encode) throw new UsageError(`unknown format: ${file} (end it in .npz or .safetensors)`)
  const model = await findModel(run, options.results)
  if (model.kind === 'ensemble') {
    throw new UsageError(`invalid run: ${model.id} is an ensemble (export its members)`)
  }
  const checkpoint = await readCheckpoint(resultsFolder(options.results).checkpoint(model.id))
  const description = `${file}.architecture.json`
  try {
    await writeFile(file, encode(checkpoint.tensors))
    await writeFile(description, `${JSON.stringify(checkpoint.architecture, null, 2)}\n`)
  } catch (error) {
    throw new WorkError(`cannot write: ${messageOf(error)}`)
  }
  console.log(`wrote ${file} and ${description}`)
}

const encoders: Readonly<Record<string, (tensors: StoredTensors) => Buffer>> = {
  '.npz': encodeNpz,
  '.safetensors': tensors => encodeSafetensors({ metadata: {}, tensors }),
}
