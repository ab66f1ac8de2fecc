import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { Victim } from '../../attacks/victim.ts'
import { tf } from '../engine/tf.ts'
import { WorkError } from '../errors.ts'
import type { Answer, Question } from './http-worker.ts'
import type { Asked, OwnModel } from './own-model.ts'

/** Longest wait for one answer. */
const timeoutSeconds = 120

/**
 * A model behind an address, of which nothing is known but its answers: a POST of
 * `{"instances": [input, …]}`, each input nested as its shape says, is answered by
 * `{"predictions": [[score, …], …]}`. Scores should be logits; attacks that only compare classes take
 * any.
 *
 * Attacks call a model synchronously, so a thread of its own speaks with the server meanwhile.
 *
 * @throws WorkError, from `logits`, if the server cannot be reached, fails or answers something else
 * @see https://www.tensorflow.org/tfx/serving/api_rest (the predict call)
 */
export function httpModel(address: string, { inputShape, classes }: Asked): OwnModel {
  const signal = new Int32Array(new SharedArrayBuffer(4))
  const { port1: port, port2 } = new MessageChannel()
  const worker = new Worker(new URL('./http-worker.js', import.meta.url), {
    workerData: { port: port2, signal },
    transferList: [port2],
  })
  worker.unref()
  port.unref()
  const ask = (question: Question): Answer => {
    Atomics.store(signal, 0, 0)
    port.postMessage(question)
    if (Atomics.wait(signal, 0, 0, timeoutSeconds * 1000) === 'timed-out') {
      return { fault: `no answer in ${timeoutSeconds} s` }
    }
    return receiveMessageOnPort(port)!.message
  }
  const victim: Victim = {
    classes,
    bounds: [0, 1],
    inputShape,
    capabilities: [],
    logits(x) {
      const answer = ask({ address, instances: x.arraySync() as unknown[], classes })
      if ('fault' in answer) throw new WorkError(`no predictions from ${address}: ${answer.fault}`)
      return tf.tensor2d(answer.scores, [x.shape[0]!, classes])
    },
  }
  return {
    victim,
    parameters: null,
    remarks: ['it is a black box: attacks that need gradients cannot be run on it'],
    dispose: () => void worker.terminate(),
  }
}
