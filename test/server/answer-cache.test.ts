import { join } from 'node:path'
import anyTest, { type ExecutionContext, type TestFn } from 'ava'
import express, { type RequestHandler } from 'express'
import { answerCache } from '../../server/answer-cache.ts'
import { sendJson } from '../../server/json.ts'
import { close, listen, urlOf } from '../../server/listen.ts'
import { openStore } from '../../src/store/store.ts'
import { temporaryFolder } from '../store/fixtures/folder.ts'

const test = anyTest as TestFn

/** Handlers that count how often they answer, served over a database; `change` commits to it. */
async function served(t: ExecutionContext, capacity?: number) {
  const filename = join(await temporaryFolder(t), 'gauntlet.db')
  const writer = await openStore(filename)
  const store = await openStore(filename, { readonly: true })
  const once = answerCache(store, capacity)
  let answers = 0
  const counting: RequestHandler = async (request, response) => {
    answers++
    await new Promise(setImmediate)
    sendJson(response, { path: request.path, answers, text: 'x'.repeat(2000) })
  }
  const failing: RequestHandler = async () => {
    answers++
    throw new Error('no answer')
  }
  const plain: RequestHandler = (_request, response) => {
    response.type('text').send(`${++answers}`)
  }
  const app = express()
  app.get('/failing', once(failing))
  app.get('/plain', once(plain))
  app.get('/*path', once(counting))
  app.use(((_error, _request, response, _next) => {
    response.sendStatus(500)
  }) satisfies express.ErrorRequestHandler)
  const server = await listen(app, 0, '127.0.0.1')
  t.teardown(async () => {
    await close(server)
    await store.destroy()
    await writer.destroy()
  })
  const get = (path: string, headers = {}) =>
    fetch(urlOf(server) + path, { headers: { 'Accept-Encoding': 'gzip', ...headers } })
  let datasets = 0
  const change = () =>
    writer
      .insertInto('dataset')
      .values({
        ...{ id: `${datasets++}`, name: 'd', train_count: 1, test_count: 1, shape: '[]' },
        ...{ classes: '[]', licence: '', sha256: '' },
      })
      .execute()
  return { get, change, answers: () => answers }
}

test('an answer is kept until another connection changes the database', async t => {
  const { get, change, answers } = await served(t)
  const first = await get('a')
  t.is(first.headers.get('content-encoding'), 'gzip')
  t.is(first.headers.get('cache-control'), 'no-cache')
  t.regex(first.headers.get('content-type')!, /^application\/json/)
  const body = await first.text()
  t.is(JSON.parse(body).answers, 1)
  t.is(await (await get('a')).text(), body)
  const plain = await get('a', { 'Accept-Encoding': 'identity' })
  t.is(plain.headers.get('content-encoding'), null)
  t.is(await plain.text(), body)
  await get('a?b')
  t.is(answers(), 2)
  await change()
  t.is(JSON.parse(await (await get('a')).text()).answers, 3)
  const etag = first.headers.get('etag')!
  t.not((await get('a')).headers.get('etag'), etag)
})

test('who asks for the same at the same time gets the same answer', async t => {
  const { get, answers } = await served(t)
  const all = await Promise.all(Array.from({ length: 8 }, async () => (await get('a')).text()))
  t.is(answers(), 1)
  t.deepEqual(
    all.map(one => JSON.parse(one).answers),
    Array.from({ length: 8 }, () => 1),
  )
})

test('errors and what is no JSON are not kept', async t => {
  const { get, answers } = await served(t)
  for (const [at, path] of ['failing', 'failing', 'plain', 'plain'].entries()) {
    t.is((await get(path)).status, path === 'failing' ? 500 : 200)
    t.is(answers(), at + 1)
  }
})

test('what was asked for least recently goes when there is no room', async t => {
  const { get, answers } = await served(t, 5000)
  for (const path of ['a', 'b', 'a', 'c', 'a']) await get(path)
  t.is(answers(), 3)
  await get('b')
  t.is(answers(), 4)
})
