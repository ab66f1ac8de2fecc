/** Speaks with a model's server for a thread that waits; see `httpModel`. */
import { type MessagePort, workerData } from 'node:worker_threads'
import { z } from 'zod'
import { messageOf } from '../errors.ts'

/** Inputs that a model is asked about. */
export interface Question {
  readonly address: string
  /** Nested arrays, one an input. */
  readonly instances: readonly unknown[]
  readonly classes: number
}

/** Scores, `[inputs · classes]`, or what went wrong. */
export type Answer = { readonly scores: Float32Array } | { readonly fault: string }

const { port, signal }: { readonly port: MessagePort; readonly signal: Int32Array } = workerData

port.on('message', (question: Question) => {
  scoresOf(question)
    .catch((error): Answer => ({ fault: messageOf(error.cause ?? error) }))
    .then(answer => {
      port.postMessage(answer)
      Atomics.store(signal, 0, 1)
      Atomics.notify(signal, 0)
    })
})

async function scoresOf({ address, instances, classes }: Question): Promise<Answer> {
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ instances }),
  })
  if (!response.ok) return { fault: `status ${response.status} ${response.statusText}` }
  const answerSchema = z.object({
    predictions: z.array(z.array(z.number()).length(classes)).length(instances.length),
  })
  const answer = answerSchema.safeParse(await response.json())
  if (answer.success) return { scores: Float32Array.from(answer.data.predictions.flat()) }
  return { fault: `expected ${instances.length} predictions of ${classes} numbers each` }
}
