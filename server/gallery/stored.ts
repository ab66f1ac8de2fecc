import { access } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Dataset } from '../../src/data/dataset.ts'
import { UsageError } from '../../src/errors.ts'
import type { DataConfig } from '../../src/plans/job-config.ts'
import { resultsFolder } from '../../src/runner/results-folder.ts'
import type { StoredEvaluation } from '../../src/store/queries/gallery.ts'
import type { Files } from '../route.ts'
import { fileNameSchema } from '../schemas/gallery.ts'
import type { CleanData } from './clean-data.ts'

/** What was asked for, or why it cannot be had, in one sentence without a path of this machine. */
export type Found<T> = { readonly value: T } | { readonly problem: string }

/** The value of what was found; a problem joins the others. */
export function orProblem<T>(found: Found<T>, problems: string[]): T | undefined {
  if ('value' in found) return found.value
  problems.push(found.problem)
  return undefined
}

/** The data set that an evaluation's clean examples are from. */
export async function datasetOf(
  { dataset, model_config, n }: StoredEvaluation,
  load: CleanData,
): Promise<Found<Dataset>> {
  const config = model_config === null ? undefined : JSON.parse(model_config)
  const data: DataConfig | undefined = config?.data
  if (!data) return { problem: `The database does not say how ${dataset} was loaded.` }
  try {
    return { value: await load(data, n) }
  } catch (error) {
    const reason =
      error instanceof UsageError
        ? 'is not on the machine that serves this page'
        : 'is on this machine, but not as the model met it'
    return {
      problem:
        `Without clean examples: the data set ${dataset} ${reason}. ` +
        'Start the server with --data <folder>, or with GAUNTLET_DATA set.',
    }
  }
}

/** The file with what an attack crafted: the evaluation's own, or its source's for a transfer. */
export async function craftedFile(
  evaluation: StoredEvaluation,
  { results }: Files,
): Promise<Found<string>> {
  const { id, job_config } = evaluation
  const craftedBy: unknown = job_config === null ? null : JSON.parse(job_config).craftedBy
  const transferred = evaluation.crafted_on !== evaluation.model_id
  if (transferred && typeof craftedBy !== 'string') {
    return { problem: `The database does not say which attack crafted the examples of ${id}.` }
  }
  const name = fileNameSchema.safeParse(craftedBy ?? id)
  if (!name.success) return { problem: `The attack that crafted ${id} has an invalid identifier.` }
  const file = resultsFolder(results).examples(name.data)
  try {
    await access(file)
    return { value: file }
  } catch {
    return {
      problem:
        `Without adversarial examples: examples/${name.data}.safetensors is not in the results ` +
        'folder that is served.',
    }
  }
}

/** Reads a file; what is damaged becomes a sentence that names it. */
export async function readStored<T>(file: string, read: () => Promise<T>): Promise<Found<T>> {
  try {
    return { value: await read() }
  } catch {
    return {
      problem:
        `examples/${basename(file)} is damaged: remove it and run the plan again ` +
        'in a new results folder, or copy it anew.',
    }
  }
}
