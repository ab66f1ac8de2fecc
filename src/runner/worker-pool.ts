import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { WorkerOrder, WorkerReport } from './messages.ts'

export interface PoolRequest {
  /** How many processes work at the same time. */
  readonly workers: number
  /** The order of every worker, without its name. */
  readonly order: Omit<WorkerOrder, 'name'>
  /** Unique prefix of the workers' names. */
  readonly prefix: string
  readonly onReport: (worker: string, report: WorkerReport) => void
  /** Called when a process has ended: frees its jobs; true if there is work for a new one. */
  readonly onExit: (worker: string, failure: string | null) => Promise<boolean>
}

export interface WorkerPool {
  /** Resolves when all processes have ended and none is to be started any more. */
  readonly finished: Promise<void>
  /** Asks all processes to give up their job and end. */
  stop(): void
}

/** Processes that ended without doing a single job; so many in a row mean that none ever will. */
const futileStarts = 3

/**
 * Keeps a number of worker processes going. A process that dies, whatever the cause, is replaced as
 * long as there is work.
 */
export function startPool({ workers, order, prefix, onReport, onExit }: PoolRequest): WorkerPool {
  const running = new Set<ChildProcess>()
  let stopping = false
  let started = 0
  let futile = 0

  const runOne = async (): Promise<void> => {
    for (;;) {
      const name = `${prefix}-${++started}`
      const { failure, reports } = await runProcess(name)
      futile = reports > 0 ? 0 : futile + 1
      const more = await onExit(name, failure)
      if (stopping || !more || futile >= futileStarts) return
    }
  }

  const runProcess = (name: string) =>
    new Promise<{ failure: string | null; reports: number }>(resolve => {
      const child = fork(
        fileURLToPath(new URL('./worker.js', import.meta.url)),
        [JSON.stringify({ ...order, name } satisfies WorkerOrder)],
        { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] },
      )
      let reports = 0
      let complaint = ''
      running.add(child)
      child.stderr!.setEncoding('utf8').on('data', text => {
        complaint = (complaint + text).slice(-2000)
      })
      child.on('message', (report: WorkerReport) => {
        reports++
        onReport(name, report)
      })
      child.on('error', error => {
        complaint ||= error.message
      })
      child.on('close', (code, signal) => {
        running.delete(child)
        resolve({ failure: failureOf(code, signal, complaint), reports })
      })
    })

  return {
    finished: Promise.all(Array.from({ length: workers }, runOne)).then(() => {}),
    stop() {
      stopping = true
      for (const child of running) if (child.connected) child.send('stop')
    },
  }
}

/** Why a process ended, in one line; null if all went well. */
function failureOf(code: number | null, signal: string | null, complaint: string): string | null {
  if (code === 0) return null
  const reason = complaint.trim().split('\n').at(-1)
  const end = signal ? `was killed by ${signal}` : `ended with status ${code}`
  return reason ? `${end}: ${reason}` : end
}
