import { cp, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import anyTest, { type TestFn } from 'ava'
import { edgeKeys, pairKey } from '../../attacks/graph/graph.ts'
import { contentsSchema, type Gallery, gallerySchema } from '../../server/schemas/gallery.ts'
import { problemSchema } from '../../server/schemas/problem.ts'
import { glyphs } from '../../src/data/glyphs.ts'
import { citations } from '../../src/data/graph/citations.ts'
import { topics } from '../../src/data/text/topics.ts'
import { readExamples } from '../../src/runner/example-files.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { newFolder } from '../folder.ts'
import { attacked, galleryFolder } from './gallery-fixture.ts'
import { type Served, serve } from './serve.ts'

interface Context {
  readonly folder: string
  readonly served: Served
  readonly store: Store
}

const test = anyTest as TestFn<Context>

test.before(async t => {
  const folder = await galleryFolder()
  const database = join(folder, 'gauntlet.db')
  t.context = {
    folder,
    served: await serve(database),
    store: await openStore(database, { readonly: true }),
  }
})
test.after.always(async ({ context: { folder, served, store } }) => {
  await served?.stop()
  await store?.destroy()
  if (folder) await rm(folder, { recursive: true })
})

const images = '/gallery?dataset=glyphs&architecture=mlp'
const shape = [16, 16, 1]
const size = 16 * 16
const clean = glyphs({ train: 200, test: 20, seed: 0 }).test

/** What the API says of the first examples of a column. */
async function contents({ served }: Context, evaluation: string, examples = '0,3,9') {
  const response = await served.get(`/api/v1/gallery/${evaluation}?examples=${examples}`)
  return contentsSchema.parse(await response.json())
}

const floats = (base64: string | null) =>
  new Float32Array(Uint8Array.from(Buffer.from(base64 ?? '', 'base64')).buffer)

test('matched models stand side by side, with the rows of the database for every example', async t => {
  const { served, store } = t.context
  const gallery = await served.read(t, images, gallerySchema)
  t.deepEqual(
    gallery.columns.map(({ series }) => series),
    ['bp', 'lr-logit'],
  )
  t.is(gallery.kind, 'images')
  t.deepEqual(gallery.choices.epsilons, [0.1, 0.2])
  t.deepEqual(gallery.choices.sources, ['white-box', 'mlp:bp', 'mlp:lr-logit', 'snn:bp'])
  for (const [at, column] of gallery.columns.entries()) {
    t.is(column.craftedOn.id, column.model)
    const rows = await rowsOf(store, column.evaluation)
    t.is(column.robustCorrect, column.cleanCorrect - rows.filter(row => row.success).length)
    t.deepEqual(
      gallery.items.map(({ outcomes }) => [outcomes[at]!.linf, outcomes[at]!.queries]),
      rows.map(row => [row.linf, row.queries]),
    )
    t.deepEqual(
      gallery.items.map(({ label, outcomes: { [at]: one } }) => [
        label,
        one!.cleanPrediction,
        one!.adversarialPrediction,
        one!.success,
      ]),
      rows.map(row => [
        row.label,
        row.clean_prediction,
        row.adversarial_prediction,
        row.success === 1,
      ]),
    )
  }
})

test('each filter lets through what it says, and its count is the number of examples', async t => {
  const { served } = t.context
  const all = await served.read(t, `${images}&epsilon=0.2`, gallerySchema)
  const passing = {
    all: () => true,
    broken: item => item.outcomes.some(({ success }) => success),
    one: item => item.outcomes.filter(({ success }) => success).length === 1,
    held: item =>
      item.outcomes.every(
        one => one.cleanPrediction === item.label && one.adversarialPrediction === item.label,
      ),
    wrong: item => item.outcomes.some(({ cleanPrediction }) => cleanPrediction !== item.label),
  } satisfies Record<string, (item: Gallery['items'][number]) => boolean>
  t.is(all.counts.all, attacked)
  t.true(all.counts.broken > 0 && all.counts.broken < attacked)
  for (const [filter, passes] of Object.entries(passing)) {
    const expected = all.items.filter(passes).map(({ example }) => example)
    const found = await served.read(t, `${images}&epsilon=0.2&filter=${filter}`, gallerySchema)
    t.deepEqual(
      found.items.map(({ example }) => example),
      expected,
      filter,
    )
    t.is(all.counts[filter as keyof typeof passing], expected.length, filter)
  }
})

test('pages follow each other by the number of their first example', async t => {
  const { served } = t.context
  const seen: number[][] = []
  for (let from: number | null = 0; from !== null; ) {
    const page: Gallery = await served.read(t, `${images}&limit=4&from=${from}`, gallerySchema)
    seen.push(page.items.map(({ example }) => example))
    t.is(page.previous, from === 0 ? null : from - 4)
    from = page.next
  }
  t.deepEqual(seen, [
    [0, 1, 2, 3],
    [4, 5, 6, 7],
    [8, 9],
  ])
})

test('images are those of the data set and of the file; their difference has the stored norm', async t => {
  const { served, store, folder } = t.context
  const { columns } = await served.read(t, images, gallerySchema)
  const { evaluation } = columns[1]!
  const found = await contents(t.context, evaluation)
  t.deepEqual([found.shape, found.problems, found.layers], [shape, [], []])
  const file = await readExamples(join(folder, 'examples', `${evaluation}.safetensors`))
  const rows = await rowsOf(store, evaluation)
  for (const image of found.images) {
    const places = [image.example * size, (image.example + 1) * size] as const
    const before = floats(image.clean)
    const after = floats(image.adversarial)
    t.deepEqual(before, clean.images.slice(...places))
    t.deepEqual(after, file.adversarial.slice(...places))
    const linf = Math.max(...after.map((value, at) => Math.abs(value - before[at]!)))
    t.is(Math.fround(linf), Math.fround(rows[image.example]!.linf!))
  }
  t.deepEqual(
    found.images.map(({ example }) => example),
    [0, 3, 9],
  )
})

test('crafted on one arm, all arms meet the same images and answer for themselves', async t => {
  const { served } = t.context
  const { columns, chosen } = await served.read(t, `${images}&source=mlp:bp`, gallerySchema)
  t.is(chosen?.source, 'mlp:bp')
  t.deepEqual(
    columns.map(({ craftedOn }) => [craftedOn.arm, craftedOn.self]),
    [
      ['bp', true],
      ['bp', false],
    ],
  )
  const [own, other] = await Promise.all(
    columns.map(({ evaluation }) => contents(t.context, evaluation)),
  )
  t.true(own!.images.every(({ adversarial }) => adversarial !== null))
  t.deepEqual(other!.images, own!.images)
  const white = await served.read(t, images, gallerySchema)
  const itself = await contents(t.context, white.columns[1]!.evaluation)
  t.notDeepEqual(itself.images, other!.images)
})

test('a text comes word by word, changed where the row counts it', async t => {
  const { served } = t.context
  const gallery = await served.read(t, '/gallery?dataset=topics&architecture=gru', gallerySchema)
  t.is(gallery.kind, 'sequences')
  const { test: split, vocabulary, length } = topics({ train: 400, test: 20, seed: 0 })
  const all = gallery.items.map(({ example }) => example)
  let changes = 0
  for (const [at, { evaluation }] of gallery.columns.entries()) {
    const { texts } = await contents(t.context, evaluation, all.join(','))
    for (const { example, words } of texts) {
      const tokens = [...split.tokens.subarray(example * length, (example + 1) * length)]
      t.deepEqual(
        words.map(word => word.clean),
        tokens.filter(token => token !== 0).map(token => vocabulary[token]),
      )
      const changed = words.filter(word => word.clean !== word.adversarial).length
      t.is(gallery.items[example]!.outcomes[at]!.changedWords, changed)
      changes += changed
    }
  }
  t.true(changes > 0)
})

test('around a node its edges come with what became of them', async t => {
  const { served } = t.context
  const gallery = await served.read(t, '/gallery?dataset=citations&architecture=gcn', gallerySchema)
  t.is(gallery.kind, 'graph')
  const graph = citations({ train: 80, test: 320, seed: 0 })
  const keys = edgeKeys(graph)
  const { graphs } = await contents(t.context, gallery.columns[0]!.evaluation, '0,1,2,3,4')
  t.true(graphs.some(({ added }) => added > 0))
  for (const { example, node, nodes, edges, added, removed, leftOut } of graphs) {
    t.is(graph.test[example], node)
    t.deepEqual(nodes[0], { node, label: graph.labels[node]!, hop: 0 })
    t.is(gallery.items[example]!.outcomes[0]!.changedEdges, added + removed)
    for (const { u, v, state } of edges) {
      t.is(keys.has(pairKey(graph.nodes, u, v)), state !== 'added')
    }
    const own = edges.filter(({ u, v }) => u === node || v === node)
    t.is(own.filter(({ state }) => state === 'added').length, added)
    const before = [...keys].filter(
      key => Math.floor(key / graph.nodes) === node || key % graph.nodes === node,
    )
    t.is(own.filter(({ state }) => state !== 'added').length + leftOut, before.length)
  }
})

test('a spiking network comes with the spikes of its hidden layers', async t => {
  const { served } = t.context
  const { columns } = await served.read(
    t,
    '/gallery?dataset=glyphs&architecture=snn',
    gallerySchema,
  )
  const { layers, images: all, problems } = await contents(t.context, columns[0]!.evaluation)
  t.deepEqual(problems, [])
  t.deepEqual(layers, [
    { name: 'dense1', steps: 5, neurons: 12 },
    { name: 'dense2', steps: 5, neurons: 10 },
  ])
  for (const { spikes } of all) {
    const codes = spikes.map(raster => [...Buffer.from(raster, 'base64')])
    t.deepEqual(
      codes.map(({ length }) => length),
      [5 * 12, 5 * 10],
    )
    t.true(codes.every(layer => layer.some(code => code > 0) && layer.every(code => code <= 3)))
  }
})

test('a choice that does not exist falls back to one that does', async t => {
  const query = `${images}&epsilon=9&attack=unknown&source=lenet:bp&seed=7&setting=none`
  const { chosen, choices } = await t.context.served.read(t, query, gallerySchema)
  t.is(chosen?.attack, 'fgsm')
  t.is(chosen?.epsilon, choices.epsilons[0])
  t.deepEqual([chosen?.source, chosen?.seed], ['white-box', 0])
  const none = '/gallery?dataset=unknown&architecture=mlp'
  const nothing = await t.context.served.read(t, none, gallerySchema)
  t.deepEqual([nothing.chosen, nothing.items], [null, []])
})

test('what is no identifier, no list of places or unknown is refused', async t => {
  const { served } = t.context
  const refused = async (path: string) => {
    const response = await served.get(`/api/v1/gallery/${path}`)
    const { status, detail } = problemSchema.parse(await response.json())
    return `${status} ${detail}`
  }
  const asked = 'invalid evaluation: an identifier: letters, digits, . _ -'
  t.is(await refused('..%2f..%2fgauntlet?examples=0'), `400 ${asked}`)
  t.is(await refused('%2e%2e%5cgauntlet.db?examples=0'), `400 ${asked}`)
  t.is(await refused('unknown?examples=0'), '404 unknown evaluation: unknown')
  t.regex(await refused('unknown?examples=../1'), /^400 invalid examples: places in the test split/)
  t.regex(await refused(`unknown?examples=${Array(49).fill(1)}`), /^400 .* 48 examples at most$/)
})

test('files that are damaged, gone, or named by a path are told in a sentence each', async t => {
  const { folder, served } = t.context
  const { columns } = await served.read(t, images, gallerySchema)
  const transfers = await served.read(t, `${images}&source=mlp:bp`, gallerySchema)
  const copy = await newFolder('gallery')
  t.teardown(() => rm(copy, { recursive: true }))
  await cp(folder, copy, { recursive: true })
  const [damaged, gone] = columns.map(({ evaluation }) => evaluation) as [string, string]
  const stray = transfers.columns[1]!.evaluation
  await truncate(join(copy, 'examples', `${damaged}.safetensors`), 3000)
  await rm(join(copy, 'examples', `${gone}.safetensors`))
  const store = await openStore(join(copy, 'gauntlet.db'))
  await change(store, stray, config => ({ ...config, craftedBy: '../../secret' }))
  const other = await serve(join(copy, 'gauntlet.db'))
  t.teardown(() => other.stop())
  const told = async (evaluation: string) => {
    const found = await contents({ ...t.context, served: other }, evaluation)
    const [image] = found.images
    return { problems: found.problems, shown: [image?.clean !== null, image?.adversarial !== null] }
  }
  t.deepEqual(await told(damaged), {
    problems: [
      `examples/${damaged}.safetensors is damaged: remove it and run the plan again ` +
        'in a new results folder, or copy it anew.',
    ],
    shown: [true, false],
  })
  t.deepEqual(await told(gone), {
    problems: [
      `Without adversarial examples: examples/${gone}.safetensors is not in the results ` +
        'folder that is served.',
    ],
    shown: [true, false],
  })
  t.deepEqual(await told(stray), {
    problems: [`The attack that crafted ${stray} has an invalid identifier.`],
    shown: [true, false],
  })
  const { model } = columns[0]!
  await change(store, model, ({ data, ...config }) => ({
    ...config,
    data: { ...(data as object), sha256: 'f'.repeat(64) },
  }))
  await store.destroy()
  const { problems, shown } = await told(damaged)
  t.regex(problems[0]!, /^Without clean examples: .* not as the model met it\. Start the server /)
  t.is(problems.length, 2)
  t.deepEqual(shown, [false, false])
})

function rowsOf(store: Store, evaluation: string) {
  return store
    .selectFrom('example')
    .selectAll()
    .where('evaluation_id', '=', evaluation)
    .orderBy('example')
    .execute()
}

/** Writes another configuration into a job. */
async function change(
  store: Store,
  id: string,
  to: (config: Record<string, unknown>) => object,
): Promise<void> {
  const { config } = await store
    .selectFrom('job')
    .select('config')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  const changed = JSON.stringify(to(JSON.parse(config)))
  await store.updateTable('job').set({ config: changed }).where('id', '=', id).execute()
}
