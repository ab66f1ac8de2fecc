import type { Command } from 'commander'
import { UsageError } from '../errors.ts'
import type { TrainedModel } from '../store/queries/trained-model.ts'
import { type ExecuteOptions, jobsCommand } from './execute-plan.ts'
import { findModel } from './find-model.ts'
import { importFrom } from './import.ts'

/** What every command takes that looks at one model. */
export interface ModelOptions extends ExecuteOptions {
  readonly model: string
  readonly architecture?: string
}

/** A command that executes jobs on one model, with the options that all of these have. */
export function modelCommand(name: string): Command {
  return jobsCommand(name)
    .requiredOption('--model <model>', 'a run, or a model of your own (see: gauntlet import)')
    .option('--dataset <name>', 'for a model of your own: the images that it classifies')
    .option('--architecture <file>', 'for weights of your own: the network, as in a plan')
}

/** Whether a model is named by its run, not by a file or an address. */
export const isRun = (model: string) => !/[./]/.test(model)

/** The run that is named, or the model that is taken in from a file or an address. */
export async function askedModel(options: ModelOptions): Promise<TrainedModel> {
  const { model, dataset } = options
  if (isRun(model)) return findModel(model, options.results)
  if (!dataset) throw new UsageError(`missing option: a model from ${model} needs --dataset <name>`)
  const { id, remarks } = await importFrom(model, { ...options, dataset })
  for (const remark of remarks) console.log(`note: ${remark}`)
  return findModel(id, options.results)
}
