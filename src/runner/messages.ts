import type { EngineName } from '../engine/engine.ts'

/** What a worker process is told when it starts. */
export interface WorkerOrder {
  /** Unique name under which it holds jobs. */
  readonly name: string
  readonly nightlyId: string
  readonly resultsFolder: string
  readonly dataFolder: string | undefined
  readonly engine: EngineName
  /** When the time is up, milliseconds since 1970: no job is started that would last longer. */
  readonly deadline?: number
}

/** What a worker process reports. */
export type WorkerReport =
  | { readonly kind: 'started'; readonly job: string; readonly title: string }
  | { readonly kind: 'progress'; readonly job: string; readonly share: number }
  | { readonly kind: 'done'; readonly job: string }
  | { readonly kind: 'failed'; readonly job: string; readonly error: string }
  /** None of the jobs that are left is expected to end in time. */
  | { readonly kind: 'out of time' }

/** What a worker process is told while it works. */
export type WorkerCommand = 'stop'
