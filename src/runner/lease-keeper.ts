import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { LeaseOrder } from './lease-thread.ts'

/**
 * Renews the lease of one job after the other from a thread of its own: an attack may compute for
 * minutes without letting a timer in.
 */
export interface LeaseKeeper {
  /** Holds this job's lease from now on, or none. */
  hold(job: string | null): void
  /** Whether another worker has taken the job that is held. */
  readonly lost: boolean
  close(): Promise<void>
}

/** Starts the thread; it ends with the process, however that ends. */
export async function leaseKeeper(order: Omit<LeaseOrder, 'lost'>): Promise<LeaseKeeper> {
  const lost = new Int32Array(new SharedArrayBuffer(4))
  const thread = new Worker(new URL('./lease-thread.js', import.meta.url), {
    workerData: { ...order, lost } satisfies LeaseOrder,
  })
  await once(thread, 'message')
  thread.unref()
  return {
    hold(job) {
      Atomics.store(lost, 0, 0)
      thread.postMessage(job)
    },
    get lost() {
      return Atomics.load(lost, 0) === 1
    },
    async close() {
      // Nothing else may be left that the process would wait for.
      thread.ref()
      thread.postMessage('close')
      await once(thread, 'exit')
    },
  }
}
