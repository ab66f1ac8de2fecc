/** Renews leases while the worker's own thread computes; see `leaseKeeper`. */
import { parentPort, workerData } from 'node:worker_threads'
import { heartbeat } from '../store/jobs.ts'
import { openStore } from '../store/store.ts'

export interface LeaseOrder {
  /** File of the results database. */
  readonly database: string
  /** Name of the worker that holds the jobs. */
  readonly worker: string
  readonly leaseMilliseconds: number
  readonly heartbeatMilliseconds: number
  /** One shared number: 1 when the job is no longer held. */
  readonly lost: Int32Array
}

/** The job to hold, none, or the end. */
type Message = string | null | 'close'

const { database, worker, leaseMilliseconds, heartbeatMilliseconds, lost }: LeaseOrder = workerData
const store = await openStore(database)
let held: string | null = null

const timer = setInterval(async () => {
  const job = held
  if (job === null) return
  const renewed = await heartbeat(store, job, worker, leaseMilliseconds).catch(() => true)
  // A database that is busy or away for a moment takes nobody's job: the lease outlasts it or not.
  if (!renewed && job === held) Atomics.store(lost, 0, 1)
}, heartbeatMilliseconds)

parentPort!.on('message', async (message: Message) => {
  if (message !== 'close') {
    held = message
    return
  }
  clearInterval(timer)
  await store.destroy()
  parentPort!.close()
})
parentPort!.postMessage('ready')
