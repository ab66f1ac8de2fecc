import type { EngineName } from '../engine/engine.ts'

/** What a worker process is told when it starts. */
export interface WorkerOrder {
  /** Unique name under which it holds jobs. */
  readonly name: string
  readonly nightlyId: string
  readonly resultsFolder: string
  readonly dataFolder: string | undefined
  readonly engine: EngineName
}

/** What a worker process reports. */
export type WorkerReport =
  | { readonly kind: 'started'; readonly job: string; readonly title: string }
  | { readonly kind: 'progress'; readonly job: string; readonly share: number }
  | { readonly kind: 'done'; readonly job: string }
  | { readonly kind: 'failed'; readonly job: string; readonly error: string }

/** What a worker process is told while it works. */
export type WorkerCommand = 'stop'
