import { writeFile } from 'node:fs/promises'
import { get as httpGet, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import anyTest, { type TestFn } from 'ava'
import { problemSchema } from '../../server/schemas/problem.ts'
import { healthSchema, summarySchema } from '../../server/schemas/summary.ts'
import { newFolder } from '../folder.ts'
import { resultsFile } from './fixture.ts'
import { type Served, serve } from './serve.ts'

const test = anyTest as TestFn<Served>

test.before(async t => {
  const webFolder = await newFolder('web')
  await writeFile(join(webFolder, 'index.html'), '<!doctype html><title>page</title>')
  await writeFile(join(webFolder, 'main.js'), 'export {}')
  t.context = await serve(undefined, webFolder)
})
test.after.always(t => t.context.stop())

async function problem(response: Response) {
  return problemSchema.parse(await response.json())
}

/** A request as it stands: fetch asks past every cache once a condition is among its headers. */
function plainGet(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    httpGet(url, { headers }, response => {
      response.resume()
      resolve(response)
    }).on('error', reject)
  })
}

test('health answers with the number of models', async t => {
  const health = await t.context.read(t, '/health', healthSchema)
  t.deepEqual(health, { status: 'ok', models: 18 })
})

test('the summary counts rows and names what can be chosen', async t => {
  const summary = await t.context.read(t, '/summary', summarySchema)
  t.deepEqual(summary.counts, {
    models: 18,
    diverged: 1,
    evaluations: 196,
    examples: 192 * 120 + 4 * 10,
    probes: 144,
  })
  t.deepEqual(
    summary.groups.map(group => [group.dataset, group.architecture, group.models, group.probes]),
    [
      ['glyphs', 'lenet', 8, 72],
      ['glyphs', 'mlp', 6, 72],
      ['tiny', 'linear', 4, 0],
    ],
  )
  t.deepEqual(summary.attacks, ['fgsm', 'pgd'])
  t.deepEqual(summary.engines, ['wasm'])
  t.is(summary.nightly?.state, 'interrupted')
  t.deepEqual(summary.nightly?.jobs, {
    total: 3,
    done: 0,
    failed: 1,
    running: 0,
    waiting: 2,
    reused: 0,
  })
})

test('an empty database has a summary of nothing', async t => {
  const empty = await serve(await resultsFile({ filled: false }))
  t.teardown(empty.stop)
  const summary = await empty.read(t, '/summary', summarySchema)
  t.deepEqual(summary.groups, [])
  t.is(summary.counts.models, 0)
  t.is(summary.counts.examples, 0)
  t.is(summary.nightly, null)
})

test('an unknown path below the API is a 404 with the id of the request', async t => {
  for (const path of ['/api/v1/nope', '/api/nope', '/api/v1/runs/a/b']) {
    const response = await t.context.get(path)
    t.is(response.status, 404)
    t.regex(response.headers.get('content-type') ?? '', /^application\/problem\+json/)
    const { status, detail, requestId } = await problem(response)
    t.is(status, 404)
    t.is(detail, `unknown path: ${path}`)
    t.is(requestId, String(response.headers.get('x-request-id')))
  }
})

test('another method than GET is a 405 that names the allowed ones', async t => {
  const response = await t.context.get('/api/v1/runs', { method: 'POST' })
  t.is(response.status, 405)
  t.is(response.headers.get('allow'), 'GET, HEAD')
  t.is((await problem(response)).title, 'Method not allowed')
})

test('a malformed query is a 400 that names each field', async t => {
  const cases = [
    ['/robustness?dataset=glyphs&architecture=lenet&norm=l7', 'norm'],
    ['/robustness?architecture=lenet&norm=linf', 'dataset'],
    ['/robustness?dataset=..%2F..&architecture=lenet&norm=linf', 'dataset'],
    ['/gradients?dataset=glyphs&architecture=lenet&colour=red', 'colour'],
    ['/gradients/sweep', 'dataset'],
    ['/gradients/steps', 'dataset'],
    ['/gradients/steps?dataset=echo&arm=bp', 'arm'],
    ['/runs?limit=0', 'limit'],
    ['/runs?limit=9999', 'limit'],
    ['/runs?sort=password', 'sort'],
    ['/runs?arm=a&arm=b', 'arm'],
    ['/runs?cursor=!!!', 'cursor'],
    ['/runs/a%20b', 'id'],
  ] as const
  for (const [path, field] of cases) {
    const response = await t.context.get(`/api/v1${path}`)
    t.is(response.status, 400, path)
    const { errors, detail } = await problem(response)
    t.deepEqual(
      errors?.map(error => error.field),
      [field],
      path,
    )
    t.true(detail.includes(field))
  }
})

test('an address that cannot be decoded is a 400, not a stack trace', async t => {
  const response = await t.context.get('/api/v1/runs/%E0%A4%A')
  t.is(response.status, 400)
  t.false((await response.text()).includes(' at '))
})

test('an unchanged answer is a 304', async t => {
  const first = await t.context.get('/api/v1/summary')
  t.is(first.headers.get('cache-control'), 'no-cache')
  const etag = first.headers.get('etag')
  t.truthy(etag)
  const again = await plainGet(`${t.context.url}/api/v1/summary`, { 'if-none-match': etag! })
  t.is(again.statusCode, 304)
})

test('large answers are compressed', async t => {
  const path = '/api/v1/robustness?dataset=glyphs&architecture=lenet&norm=linf'
  const { headers } = await plainGet(t.context.url + path, { 'accept-encoding': 'gzip' })
  t.is(headers['content-encoding'], 'gzip')
})

test('the headers fit plain http: a content policy without upgrade, no strict transport', async t => {
  const { headers } = await t.context.get('/')
  const policy = headers.get('content-security-policy') ?? ''
  t.regex(policy, /default-src 'self'/)
  t.notRegex(policy, /unsafe|upgrade-insecure-requests|https:/)
  t.is(headers.get('strict-transport-security'), null)
  t.is(headers.get('x-powered-by'), null)
  t.is(headers.get('x-content-type-options'), 'nosniff')
})

test('every page address gets the page, every other one a 404', async t => {
  for (const path of ['/', '/gradients', '/runs', '/runs/lenet-bp-0?x=seconds']) {
    const response = await t.context.get(path)
    t.is(response.status, 200, path)
    t.regex(await response.text(), /<title>page/)
  }
  for (const path of ['/nope', '/runs/a/b', '/../package.json', '/.env']) {
    t.is((await t.context.get(path)).status, 404, path)
  }
})

test('a database that cannot be read is a 503 without the reason, which is logged', async t => {
  const file = await resultsFile({ filled: false })
  const broken = await serve(file)
  t.teardown(broken.stop)
  await writeFile(file, Buffer.alloc(8192, 7))
  await writeFile(`${file}-wal`, '')
  const response = await broken.get('/api/v1/summary')
  t.is(response.status, 503)
  const { detail, requestId } = await problem(response)
  t.false(detail.includes(file))
  t.true(broken.logged.some(line => line.startsWith(requestId)))
})
