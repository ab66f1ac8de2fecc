import { Command } from 'commander'
import { requestedEngine, startEngine } from '../engine/engine.ts'
import { tf } from '../engine/tf.ts'
import { UsageError, WorkError } from '../errors.ts'
import type { TrainConfig } from '../plans/job-config.ts'
import { loadConfiguredData } from '../runner/configured-data.ts'
import { duration } from '../runner/duration.ts'
import { trainConfigured } from '../runner/train-config.ts'
import { taskOf, testAccuracy } from '../tasks/task.ts'
import { weightsHash } from '../training/checkpoint.ts'
import { examples } from './examples.ts'
import { findModel } from './find-model.ts'
import { resultsOption } from './results-option.ts'

interface ReproduceOptions {
  readonly data?: string
  readonly results: string
}

/** `gauntlet reproduce`: trains a stored model once more and compares the weights. */
export function reproduceCommand(): Command {
  return new Command('reproduce')
    .description('train a stored model once more and compare its weights bit by bit')
    .argument('<run>', 'identifier of the run, or its first characters')
    .option('--data <folder>', 'folder with data sets (also GAUNTLET_DATA)')
    .addOption(resultsOption())
    .addHelpText('after', examples('gauntlet reproduce 3f2a'))
    .action((run: string, options: ReproduceOptions) => reproduce(run, options))
}

async function reproduce(prefix: string, { data, results }: ReproduceOptions): Promise<void> {
  const model = await findModel(prefix, results)
  if (model.kind !== 'train') {
    const origin = model.kind === 'import' ? 'was imported' : 'is an ensemble'
    throw new UsageError(`invalid run: ${model.id} ${origin}, not trained here`)
  }
  const config: TrainConfig = JSON.parse(model.config)
  await startEngine(requestedEngine(config.engine))
  const task = taskOf(await loadConfiguredData(config.data, data))
  const { network, trained } = await trainConfigured(config, task)
  const took = duration(trained.seconds)
  if (trained.state !== model.state) {
    throw new WorkError(`not reproduced: ${model.id} is ${model.state}, now it is ${trained.state}`)
  }
  if (trained.state === 'diverged') {
    console.log(`reproduced: ${model.id} diverged again after ${trained.updates} updates (${took})`)
    return
  }
  const hash = weightsHash(trained.parameters)
  const clean = testAccuracy(task, network, trained.parameters)
  tf.dispose(trained.parameters as Record<string, tf.Tensor>)
  if (hash !== model.weightsSha256) {
    throw new WorkError(
      `not reproduced: the weights of ${model.id} differ; clean accuracy ${clean}, ` +
        `stored ${model.cleanAccuracy} (another machine or engine version?)`,
    )
  }
  console.log(
    `reproduced: ${model.id}, equal weights bit by bit, clean accuracy ${clean} (${took})`,
  )
}
