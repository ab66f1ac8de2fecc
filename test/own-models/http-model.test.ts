import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Worker } from 'node:worker_threads'
import test, { type ExecutionContext } from 'ava'
import { tf } from '../../src/engine/tf.ts'
import { httpModel } from '../../src/own-models/http-model.ts'
import { useEngine } from '../with-engine.ts'

useEngine()

/** The server needs a thread of its own: the model's caller waits in this one. */
const server = `
  const { createServer } = require('node:http')
  const { parentPort } = require('node:worker_threads')
  createServer((request, response) => {
    let body = ''
    request.on('data', part => { body += part })
    request.on('end', () => {
      const { instances } = JSON.parse(body)
      if (request.url === '/broken') return response.writeHead(500).end()
      const sums = instances.map(rows => rows.flat().reduce((sum, value) => sum + value, 0))
      const wide = request.url === '/wide'
      const predictions = sums.map(sum => wide ? [sum] : [sum, -sum, 1])
      response.end(JSON.stringify({ predictions }))
    })
  }).listen(0, '127.0.0.1', function () { parentPort.postMessage(this.address().port) })
`

async function serve(t: ExecutionContext): Promise<string> {
  const worker = new Worker(server, { eval: true })
  t.teardown(() => worker.terminate())
  const [port] = await once(worker, 'message')
  return `http://127.0.0.1:${port}`
}

const asked = { inputShape: [2, 1], classes: 3 }

test.serial('a model behind an address answers batches in order', async t => {
  const model = httpModel(`${await serve(t)}/predict`, asked)
  t.teardown(() => model.dispose())
  const x = tf.tensor3d([0.25, 0.5, 1, 2, -1, 0], [3, 2, 1])
  for (const round of [1, 2]) {
    const logits = model.victim.logits(x)
    t.deepEqual(
      logits.arraySync(),
      [
        [0.75, -0.75, 1],
        [3, -3, 1],
        [-1, 1, 1],
      ],
      `round ${round}`,
    )
    logits.dispose()
  }
  t.deepEqual(model.victim.capabilities, [])
  x.dispose()
})

test.serial('a server that fails or answers something else is named', async t => {
  const address = await serve(t)
  const x = tf.zeros([1, 2, 1])
  for (const [path, reason] of [
    ['/broken', /no predictions from .*broken: status 500/],
    ['/wide', /expected 1 predictions of 3 numbers each/],
  ] as const) {
    const model = httpModel(address + path, asked)
    t.throws(() => model.victim.logits(x), { message: reason })
    model.dispose()
  }
  x.dispose()
})

test.serial('nobody at the address: one clear line', async t => {
  const unused: RequestListener = () => {}
  const closed = createServer(unused).listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const { port } = closed.address() as AddressInfo
  closed.close()
  await once(closed, 'close')
  const model = httpModel(`http://127.0.0.1:${port}`, asked)
  const x = tf.zeros([1, 2, 1])
  t.throws(() => model.victim.logits(x), { message: /^no predictions from http:\/\/127/ })
  x.dispose()
  model.dispose()
})
