import { requestedEngine, startEngine } from '../engine/engine.ts'
import type { ImageModel } from '../plans/image-job.ts'
import { resultsFolder } from '../runner/results-folder.ts'
import type { NewJob } from '../store/jobs.ts'
import { openStore, type Store } from '../store/store.ts'
import { type ExecuteOptions, executeJobs, listJobs } from './execute-plan.ts'
import { findModel } from './find-model.ts'
import { imageModel } from './image-model.ts'

/** What a command takes that judges one stored model on test images. */
export interface JudgeOptions extends ExecuteOptions {
  readonly model: string
  readonly n: number
  readonly seed: number
}

/** One job about one model, with the command that asks for it. */
export interface Judgement {
  /** Name of the command. */
  readonly command: string
  /** The command's own options as they were given. */
  readonly words: readonly string[]
  readonly jobFor: (model: ImageModel) => NewJob
  /** Prints what came of the job. */
  readonly report: (store: Store, jobId: string) => Promise<void>
}

/** Does one job about one stored model, or lists it; what is done already is not done again. */
export async function judgeModel(judgement: Judgement, options: JudgeOptions): Promise<void> {
  const { command, words, jobFor, report } = judgement
  const { n, seed } = options
  const found = await findModel(options.model, options.results)
  const engine = await startEngine(requestedEngine(options.engine))
  const store = await openStore(resultsFolder(options.results).database, { existing: true })
  try {
    const model = await imageModel(store, found, n)
    const job = jobFor(model)
    if (options.dryRun) return listJobs([job])
    const execution = {
      command,
      planWords: ['--model', model.id, ...words, '--n', `${n}`, '--seed', `${seed}`],
      plan: { name: command, model: model.id },
      jobs: [job],
      datasets: [],
      report: () => report(store, job.id),
    }
    await executeJobs(execution, engine, store, options)
  } finally {
    await store.destroy()
  }
}
