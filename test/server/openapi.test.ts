import anyTest, { type TestFn } from 'ava'
import { z } from 'zod'
import { createApp } from '../../server/app.ts'
import { templated } from '../../server/openapi.ts'
import { problemSchema } from '../../server/schemas/problem.ts'
import { openStore } from '../../src/store/store.ts'
import { resultsFile } from './fixture.ts'
import { type Served, serve } from './serve.ts'

const test = anyTest as TestFn<Served & { readonly file: string }>

test.before(async t => {
  const file = await resultsFile()
  t.context = { ...(await serve(file)), file }
})
test.after.always(t => t.context.stop())

/** Values by parameter, for addresses that need one; by the address first where it matters. */
const examples: Readonly<Record<string, string>> = {
  dataset: 'glyphs',
  architecture: 'lenet',
  norm: 'linf',
  attack: 'pgd',
  sql: 'select 1 as one',
  view: 'v_runs',
  format: 'json',
  example: '0',
  '/runs/{id}': 'lenet-bp-0',
  '/evaluations/{id}': 'linear-bp-0.linear-bp-0.fgsm.0.1',
  evaluation: 'linear-bp-0.linear-bp-0.fgsm.0.1',
  examples: '0',
  runs: 'lenet-bp-0,lenet-lr-logit-0',
  '/nightlies/{id}': 'nightly-1',
}

const documentSchema = z.object({
  openapi: z.literal('3.1.0'),
  servers: z.tuple([z.object({ url: z.literal('/api/v1') })]),
  paths: z.record(
    z.string(),
    z.object({
      get: z.object({
        summary: z.string(),
        parameters: z
          .array(
            z.object({ name: z.string(), in: z.enum(['path', 'query']), required: z.boolean() }),
          )
          .default([]),
        responses: z.record(
          z.string(),
          z.object({ content: z.record(z.string(), z.object({ schema: z.json() })) }),
        ),
      }),
    }),
  ),
  components: z.object({ schemas: z.record(z.string(), z.json()) }),
})
type Document = z.infer<typeof documentSchema>

async function documentOf(served: Served): Promise<Document> {
  return documentSchema.parse(await (await served.get('/api/v1/openapi.json')).json())
}

/** An address with every parameter that it needs; undefined for a parameter without an example. */
function exampleOf(path: string, { parameters }: Document['paths'][string]['get']) {
  const byAddress = Object.keys(examples).find(key => key.startsWith('/') && path.startsWith(key))
  const valueFor = (name: string) =>
    name === 'id' && byAddress ? examples[byAddress] : examples[name]
  const needed = parameters.filter(parameter => parameter.required)
  const missing = needed.find(({ name }) => valueFor(name) === undefined)
  if (missing) throw new Error(`add an example of ${missing.name} of ${path} to this test`)
  const query = needed.filter(parameter => parameter.in === 'query')
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(valueFor(name)!))
  const search = new URLSearchParams(
    Object.fromEntries(query.map(({ name }) => [name, valueFor(name)!])),
  )
  return search.size > 0 ? `${filled}?${search}` : filled
}

test('the document lists every address that the server answers', async t => {
  const { paths } = await documentOf(t.context)
  const store = await openStore(t.context.file, { readonly: true })
  t.teardown(() => store.destroy())
  const app = createApp({ store, webFolder: '.' })
  const routers = app.router.stack.map(layer => layer.handle as { stack?: typeof app.router.stack })
  const served = routers
    .flatMap(({ stack = [] }) => stack)
    .flatMap(({ route }) => (route ? [templated(route.path)] : []))
  t.true(served.includes('/runs/{id}'))
  t.deepEqual(Object.keys(paths).sort(), served.sort())
})

test('every address answers an example as the document says', async t => {
  const { paths, components } = await documentOf(t.context)
  for (const [path, { get }] of Object.entries(paths)) {
    const response = await t.context.get(`/api/v1${exampleOf(path, get)}`)
    t.is(response.status, 200, path)
    const media = response.headers.get('content-type') ?? ''
    const plain = (type: string) => type.split(';')[0]
    const content = Object.entries(get.responses['200']!.content)
    const [, documented] = content.find(([type]) => plain(type) === plain(media)) ?? []
    t.truthy(documented, `${path} answers ${media}`)
    if (plain(media) !== 'application/json') {
      await response.body?.cancel()
      continue
    }
    const schema = z.fromJSONSchema({ ...Object(documented!.schema), components })
    const answer = await response.json()
    t.notThrows(() => schema.parse(answer), path)
  }
})

test('every address documents its problems, and answers one as documented', async t => {
  const { paths, components } = await documentOf(t.context)
  const problem = z.fromJSONSchema(Object(components.schemas.Problem))
  for (const [path, { get }] of Object.entries(paths)) {
    for (const status of ['400', '404', '503']) {
      t.deepEqual(Object.keys(get.responses[status]?.content ?? {}), ['application/problem+json'])
    }
    const asked = exampleOf(path, get)
    const wrong = `${asked}${asked.includes('?') ? '&' : '?'}no-such-parameter=1`
    const response = await t.context.get(`/api/v1${wrong}`)
    t.is(response.status, 400, path)
    const answer = await response.json()
    t.notThrows(() => problem.parse(answer))
    t.is(problemSchema.parse(answer).status, 400)
  }
})

test('the document is found without the version', async t => {
  const response = await t.context.get('/api/openapi.json')
  t.deepEqual(await response.json(), await (await t.context.get('/api/v1/openapi.json')).json())
})
