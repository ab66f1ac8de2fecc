import { get } from 'node:http'
import anyTest, { type TestFn } from 'ava'
import { type StateEvent, stateEventSchema } from '../../server/schemas/events.ts'
import { openStore } from '../../src/store/store.ts'
import { resultsFile } from './fixture.ts'
import { type Served, serve } from './serve.ts'

const test = anyTest.serial as TestFn<Served & { readonly file: string }>

test.before(async t => {
  const file = await resultsFile()
  t.context = { ...(await serve(file)), file }
})
test.after.always(t => t.context.stop())

interface Following {
  readonly headers: Headers
  /** The next state that is told. */
  readonly next: () => Promise<StateEvent>
  readonly stop: () => Promise<void>
}

async function follow(url: string): Promise<Following> {
  const response = await fetch(`${url}/api/v1/events`, { headers: { 'accept-encoding': 'gzip' } })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return {
    headers: response.headers,
    async next() {
      for (;;) {
        const event = /event: state\ndata: (.*)\n\n/.exec(text)
        if (event) {
          text = text.slice(event.index + event[0].length)
          return stateEventSchema.parse(JSON.parse(event[1]!))
        }
        const { done, value } = await reader.read()
        if (done) throw new Error('the events have ended')
        text += value
      }
    },
    stop: () => reader.cancel(),
  }
}

test('the state is told at once, and again when another connection has changed it', async t => {
  const following = await follow(t.context.url)
  t.is(following.headers.get('content-type'), 'text/event-stream')
  t.is(following.headers.get('content-encoding'), null)
  const first = await following.next()
  t.is(first.counts.models, 18)
  t.is(first.nightly?.state, 'interrupted')
  t.deepEqual(first.running, [])
  const writer = await openStore(t.context.file)
  t.teardown(() => writer.destroy())
  await writer.transaction().execute(async transaction => {
    await transaction.updateTable('nightly').set({ state: 'running', ended_at: null }).execute()
    await transaction
      .updateTable('job')
      .set({
        state: 'running',
        worker: 'w',
        lease_until: 1,
        started_at: '2026-11-20T01:00:00.000Z',
      })
      .where('id', '=', 'b')
      .execute()
  })
  let event = await following.next()
  while (event.nightly?.state !== 'running') event = await following.next()
  t.is(event.nightly.jobs.running, 1)
  t.deepEqual(event.running, ['train b'])
  const other = await follow(t.context.url)
  t.deepEqual(await other.next(), event)
  await other.stop()
  await writer.deleteFrom('model').where('id', '=', 'linear-bp-0').execute()
  while (event.counts.models !== 17) event = await following.next()
  t.is(event.counts.evaluations, 195)
  await following.stop()
})

test('somebody who asks for the head alone is not kept', async t => {
  const response = await t.context.get('/api/v1/events', { method: 'HEAD' })
  t.is(response.status, 200)
  t.is(await response.text(), '')
})

test('the hundredth and first follower is told to ask instead', async t => {
  const agents = await Promise.all(
    Array.from({ length: 100 }, () => {
      return new Promise<() => void>(resolve => {
        const request = get(`${t.context.url}/api/v1/events`, response => {
          response.once('data', () => resolve(() => request.destroy()))
          response.on('error', () => {})
        }).on('error', () => {})
      })
    }),
  )
  const refused = await t.context.get('/api/v1/events')
  t.is(refused.status, 429)
  for (const leave of agents) leave()
})
