import { join } from 'node:path'
import { imageInput } from '../../models/input.ts'
import { tf } from '../engine/tf.ts'
import { networkVictim } from '../evaluation/network-victim.ts'
import type { ImportConfig } from '../plans/job-config.ts'
import type { ResultsFolder } from '../runner/results-folder.ts'
import { loadCheckpoint } from '../training/checkpoint.ts'
import { httpModel } from './http-model.ts'
import type { Asked, OwnModel } from './own-model.ts'
import { loadTfjsModel } from './tfjs-model.ts'

/** A model that was imported, from where it is kept. */
export function loadOwnModel(
  id: string,
  { source }: Pick<ImportConfig, 'source'>,
  results: ResultsFolder,
  asked: Asked,
): Promise<OwnModel> {
  switch (source.format) {
    case 'http':
      return Promise.resolve(httpModel(source.address, asked))
    case 'tfjs':
      return loadTfjsModel(join(results.ownModel(id), 'model.json'), asked)
    case 'checkpoint':
      return fromCheckpoint(results.checkpoint(id), asked)
  }
}

/** A network of one of Gauntlet's architectures with weights from elsewhere. */
async function fromCheckpoint(
  file: string,
  { inputShape: [height = 1, width = 1, channels = 1], classes }: Asked,
): Promise<OwnModel> {
  const input = imageInput([height, width, channels], classes)
  const { network, parameters } = await loadCheckpoint(file, input)
  const sizes = network.parameters.map(({ shape }) => tf.util.sizeFromShape([...shape]))
  return {
    victim: networkVictim(network, parameters),
    parameters: sizes.reduce((sum, size) => sum + size, 0),
    remarks: [],
    dispose: () => tf.dispose(parameters as Record<string, tf.Tensor>),
  }
}
