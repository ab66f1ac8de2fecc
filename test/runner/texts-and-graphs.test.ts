import { mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { edgeKeys } from '../../attacks/graph/graph.ts'
import { citations } from '../../src/data/graph/citations.ts'
import { topics } from '../../src/data/text/topics.ts'
import { padId } from '../../src/data/text/vocabulary.ts'
import type { PlanInput } from '../../src/plans/plan.ts'
import { readGraphs } from '../../src/runner/graph-files.ts'
import { readTexts } from '../../src/runner/text-files.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { decodeSafetensors } from '../../src/training/safetensors.ts'
import { gauntlet, planFile } from './command.ts'

const data = {
  texts: topics({ train: 800, test: 60, seed: 0 }),
  graph: citations({ train: 80, test: 320, seed: 0 }),
}

/** Seconds of work: two small models of texts, two of a graph, attacks of every sort. */
const plan: PlanInput = {
  name: 'texts-and-graphs',
  models: [
    {
      data: { name: 'topics', train: 800, test: 60 },
      architecture: { name: 'gru', embedding: 8, hidden: 8 },
      training: { epochs: 6, batch: 32, learningRate: 0.03, curvePoints: 1, curveExamples: 0 },
      arms: [{ name: 'bp' }, { name: 'lr-logit', copies: 4 }],
    },
    {
      data: { name: 'citations' },
      architecture: { name: 'gcn', hidden: [8] },
      training: { epochs: 50, learningRate: 0.05, curvePoints: 1, curveExamples: 0 },
      arms: [{ name: 'bp' }, { name: 'lr-logit', copies: 4 }],
    },
  ],
  attacks: [
    { attack: { name: 'hotflip' }, epsilons: [0.1] },
    { attack: { name: 'embedding-fgsm' }, epsilons: [0.2] },
    { attack: { name: 'embedding-pgd', steps: 3, restarts: 1 }, epsilons: [0.1] },
    { attack: { name: 'pgd-topology', steps: 4 }, epsilons: [0.05] },
    { attack: { name: 'dice' }, epsilons: [0.3], settings: ['evasion', 'poisoning'] },
    { attack: { name: 'feature-flip', steps: 2 }, epsilons: [0.05] },
    { attack: { name: 'nettack' }, epsilons: [1], settings: ['poisoning'], examples: 3 },
  ],
  examples: 40,
}

interface Done {
  readonly folder: string
  readonly store: Store
  readonly all: Awaited<ReturnType<typeof evaluationsOf>>
}

const evaluationsOf = (store: Store) =>
  store
    .selectFrom('evaluation')
    .innerJoin('model', 'model.id', 'evaluation.model_id')
    .selectAll('evaluation')
    .select('model.arm')
    .orderBy('evaluation.id')
    .execute()

const examplesOf = ({ store }: Done, id: string) =>
  store
    .selectFrom('example')
    .selectAll()
    .where('evaluation_id', '=', id)
    .orderBy('example')
    .execute()

const fileOf = ({ folder }: Done, id: string) => join(folder, 'examples', `${id}.safetensors`)

let carriedOut: Promise<Done> | undefined

/** The plan, carried out by the real command for the first test that asks. */
const done = () => {
  carriedOut ??= carryOut()
  return carriedOut
}

async function carryOut(): Promise<Done> {
  const folder = await mkdtemp(join(tmpdir(), 'gauntlet-texts-'))
  const { status, stderr, stdout } = await gauntlet(
    ...['nightly', '--plan', await planFile(folder, plan), '--results', folder],
  )
  if (status !== 0) throw new Error(`nightly failed: ${stdout}${stderr}`)
  const store = await openStore(join(folder, 'gauntlet.db'), { readonly: true })
  return { folder, store, all: await evaluationsOf(store) }
}

test.after.always(async () => {
  const finished = await carriedOut?.catch(() => undefined)
  await finished?.store.destroy()
  if (finished) await rm(finished.folder, { recursive: true })
})

/** The evaluations under an attack: white-box, poisoning, transferred. */
function under({ all }: Done, attack: string) {
  const own = all.filter(row => row.attack === attack)
  const white = own.filter(row => row.model_id === row.crafted_on)
  return {
    evasion: white.filter(({ setting }) => setting === 'evasion'),
    poisoning: white.filter(({ setting }) => setting === 'poisoning'),
    transferred: own.filter(row => row.model_id !== row.crafted_on),
    norms: [...new Set(own.map(({ norm }) => norm))],
  }
}

test.serial('a plan attacks texts and graphs, each in its settings, with its norm', async t => {
  const counts = (found: ReturnType<typeof under>) => [
    found.evasion.length,
    found.poisoning.length,
    found.transferred.length,
    ...found.norms,
  ]
  const shape = async (attack: string) => counts(under(await done(), attack))
  t.deepEqual(await shape('hotflip'), [2, 0, 2, 'words'])
  t.deepEqual(await shape('embedding-fgsm'), [2, 0, 0, 'l2'])
  t.deepEqual(await shape('dice'), [2, 2, 0, 'edges'])
  t.deepEqual(await shape('feature-flip'), [2, 0, 2, 'entries'])
  t.deepEqual(await shape('nettack'), [2, 2, 2, 'changes'])
  t.deepEqual(await shape('none'), [4, 0, 0, 'linf'])
})

test.serial(
  'a tenth of the words of the stored texts is changed at most; a twin meets the same texts',
  async t => {
    const results = await done()
    const { evasion: own, transferred } = under(results, 'hotflip')
    const { length, test } = data.texts
    for (const evaluation of own) {
      const { tokens } = await readTexts(fileOf(results, evaluation.id))
      const rows = await examplesOf(results, evaluation.id)
      t.is(tokens.length, 40 * length)
      t.true(rows.some(({ success }) => success === 1))
      for (const row of rows) {
        const places = Array.from({ length }, (_, at) => row.example * length + at)
        const words = places.filter(at => test.tokens[at] !== padId)
        const changed = places.filter(at => test.tokens[at] !== tokens[at])
        t.true(changed.every(at => words.includes(at)))
        t.true(changed.length <= words.length / 10)
        t.deepEqual([row.words, row.changed_words], [words.length, changed.length])
        t.deepEqual([row.linf, row.l2, row.changed_edges], [null, null, null])
      }
    }
    for (const evaluation of transferred) {
      const source = own.find(({ model_id }) => model_id === evaluation.crafted_on)!
      const judged = own.find(({ model_id }) => model_id === evaluation.model_id)!
      const [rows, crafted, white] = [
        await examplesOf(results, evaluation.id),
        await examplesOf(results, source.id),
        await examplesOf(results, judged.id),
      ]
      t.deepEqual(
        rows.map(row => row.clean_prediction),
        white.map(row => row.clean_prediction),
      )
      for (const [at, { success, changed_words, clean_prediction, label }] of rows.entries()) {
        if (clean_prediction === label) t.is(changed_words, crafted[at]!.changed_words)
        if (changed_words === 0) t.is(success, 0)
      }
      t.true(evaluation.robust_correct >= judged.robust_correct)
    }
  },
)

test.serial(
  'attacks that raise a loss keep their iterations; the last is the accuracy',
  async t => {
    const results = await done()
    const kept = await results.store.selectFrom('attack_convergence').selectAll().execute()
    const wanted = { 'embedding-pgd': [1, 2, 3, 4], 'pgd-topology': [1, 2, 3, 4, 5] }
    for (const [attack, iterations] of Object.entries(wanted)) {
      const { evasion, transferred } = under(results, attack)
      t.is(evasion.length, 2)
      for (const { id, robust_correct, clean_correct } of evasion) {
        const points = kept
          .filter(({ evaluation_id }) => evaluation_id === id)
          .sort((a, b) => a.iteration - b.iteration)
        t.deepEqual(
          points.map(({ iteration }) => iteration),
          iterations,
        )
        t.is(points.at(-1)!.robust_correct, robust_correct)
        t.true(points.every(({ part, attacked }) => part === attack && attacked === clean_correct))
        t.true(points.at(-1)!.loss! > points[0]!.loss!)
      }
      t.false(transferred.some(({ id }) => kept.some(one => one.evaluation_id === id)))
    }
    const [silent] = under(results, 'hotflip').evasion
    t.false(kept.some(({ evaluation_id }) => evaluation_id === silent!.id))
  },
)

test.serial('moved vectors are not kept, their words are counted', async t => {
  const results = await done()
  const kept = await readdir(join(results.folder, 'examples'))
  for (const { id } of under(results, 'embedding-fgsm').evasion) {
    t.false(kept.includes(`${id}.safetensors`))
    const rows = await examplesOf(results, id)
    const attacked = rows.filter(row => row.clean_prediction === row.label)
    t.true(attacked.every(row => row.changed_words === row.words))
  }
})

test.serial('a graph is met by the model as it is, and by one that is trained on it', async t => {
  const results = await done()
  const { evasion, poisoning } = under(results, 'dice')
  const { graph } = data
  const budget = Math.floor((0.3 * graph.edges.length) / 2)
  for (const evaluation of evasion) {
    const [crafted, another] = await readGraphs(fileOf(results, evaluation.id), graph)
    t.is(another, undefined)
    const [before, after] = [edgeKeys(graph), edgeKeys(crafted!.graph)]
    const common = [...after].filter(key => before.has(key)).length
    t.is(before.size + after.size - 2 * common, budget)
    const poisoned = poisoning.find(({ model_id }) => model_id === evaluation.model_id)!
    const [met, trained] = [
      await examplesOf(results, evaluation.id),
      await examplesOf(results, poisoned.id),
    ]
    for (const rows of [met, trained]) {
      t.is(rows.length, 40)
      t.true(rows.every(row => row.changed_edges === budget && row.changed_entries === 0))
    }
    const column = (rows: typeof met, name: 'clean_prediction' | 'adversarial_prediction') =>
      rows.map(row => row[name])
    t.deepEqual(column(met, 'clean_prediction'), column(trained, 'clean_prediction'))
    t.notDeepEqual(column(met, 'adversarial_prediction'), column(trained, 'adversarial_prediction'))
    t.true(evaluation.robust_correct < evaluation.clean_correct)
  }
})

test.serial(
  'a twentieth of the ones is flipped at most; a twin meets the same features',
  async t => {
    const results = await done()
    const { evasion: own, transferred } = under(results, 'feature-flip')
    const budget = Math.floor(0.05 * data.graph.features.indices.length)
    for (const evaluation of own) {
      const [row] = await examplesOf(results, evaluation.id)
      t.true(row!.changed_entries! > 0 && row!.changed_entries! <= budget)
      t.is(row!.changed_edges, 0)
      const other = transferred.find(({ crafted_on }) => crafted_on === evaluation.model_id)!
      const [judged] = await examplesOf(results, other.id)
      t.is(judged!.changed_entries, row!.changed_entries)
    }
  },
)

test.serial(
  'each of the first nodes has a graph of its own, changed as often as it has neighbours',
  async t => {
    const results = await done()
    const { evasion, poisoning } = under(results, 'nettack')
    const { edges, test, labels } = data.graph
    for (const { id } of [...evasion, ...poisoning]) {
      const rows = await examplesOf(results, id)
      t.deepEqual(
        rows.map(({ example, label }) => [example, label]),
        [0, 1, 2].map(place => [place, labels[test[place]!]!]),
      )
      for (const { example, changed_edges, changed_entries } of rows) {
        const degree = edges.filter(node => node === test[example]).length
        t.true(changed_edges! + changed_entries! > 0)
        t.true(changed_edges! + changed_entries! <= degree)
      }
    }
  },
)

test.serial('the views count outcomes and keep poisoning apart', async t => {
  const results = await done()
  const { store, all } = results
  const outcomes = await store.selectFrom('v_attack_outcomes').selectAll().execute()
  t.is(outcomes.length, all.filter(({ attack }) => attack !== 'none').length)
  for (const row of outcomes) {
    t.is(row.successful + row.failed + row.skipped, row.n)
    const onTexts = row.dataset === 'topics'
    t.is(row.changed_edges_mean === null, onTexts)
    t.is(row.changed_word_rate === null, !onTexts || row.successful === 0)
    if (row.norm === 'words' && row.successful > 0) t.true(row.changed_word_rate! <= 0.1)
  }
  const worst = await store.selectFrom('v_worst_case').selectAll().execute()
  const edges = worst.filter(({ norm, epsilon }) => norm === 'edges' && epsilon === 0.3)
  t.deepEqual(
    edges.map(row => [row.white_box_attacks, row.all_attacks, row.white_box_n]),
    [
      [1, 1, 40],
      [1, 1, 40],
    ],
    'without poisoning',
  )
  const pairs = await store
    .selectFrom('v_matched_pairs')
    .selectAll()
    .where('attack', '=', 'dice')
    .execute()
  t.deepEqual(pairs.map(({ setting }) => setting).sort(), ['evasion', 'poisoning'])
})

test.serial('gauntlet attack takes the same attacks, with budgets in their own units', async t => {
  const results = await done()
  const { folder, all } = results
  const modelOf = (attack: string) =>
    all.find(row => row.attack === attack && row.arm === 'bp')!.model_id
  const attack = (model: string, ...words: string[]) =>
    gauntlet('attack', '--model', model, '--results', folder, ...words)
  const text = await attack(
    ...([modelOf('hotflip'), '--attack', 'hotflip', 'word-substitution'] as const),
    ...['--eps', '0.1', '0.2', '--n', '30'],
  )
  t.is(text.stderr, '')
  t.is(text.status, 0)
  t.regex(text.stdout, /attack +budget +accuracy +successful \/ failed \/ skipped +changed +calls/)
  t.regex(text.stdout, /^hotflip +words 0\.1 +\d+\.\d \[.*\] +\d+ \/ \d+ \/ \d+ +\S+ % of words/m)
  t.is(text.stdout.match(/^worst case +words 0\.[12] /gm)!.length, 2)
  // Without --n: as many nodes as there are, the jobs of the plan aside.
  const graph = await attack(
    ...([modelOf('dice'), '--attack', 'dice', '--eps', '0.05'] as const),
    ...['--setting', 'poisoning', '--seed', '1'],
  )
  t.is(graph.stderr, '')
  t.is(graph.status, 0)
  t.regex(graph.stdout, /^dice +edges 0\.05 .* 53 edges/m)
  t.regex(graph.stdout, /^dice poisoning +edges 0\.05 .* 53 edges/m)
  t.notRegex(graph.stdout, /^worst case/m)
  const again = await attack(
    ...([modelOf('dice'), '--attack', 'dice', '--eps', '0.3', '--n', '40'] as const),
  )
  t.regex(again.stdout, /Nothing to do: all 2 jobs/, 'the same jobs as the plan has')
})

test.serial('what cannot be done is one clear line; a damaged file is refused', async t => {
  const results = await done()
  const { folder, all } = results
  const modelOf = (attack: string) => all.find(row => row.attack === attack)!.model_id
  const [gru, gcn] = [modelOf('hotflip'), modelOf('dice')]
  const wrong: readonly [readonly string[], RegExp][] = [
    [[gru, '--attack', 'pgd'], /pgd is for images, topics holds texts/],
    [[gru, '--attack', 'dice'], /dice is for a graph, topics holds texts/],
    [[gcn, '--attack', 'hotflip'], /hotflip is for texts, citations holds a graph/],
    [[gru, '--attack', 'hotflip', '--norm', 'l2'], /--norm is for attacks on images/],
    [[gru, '--attack', 'hotflip', '--setting', 'poisoning'], /is for attacks on graphs/],
    [[gru, '--attack', '{"name":"hotflip","beam":0}'], /beam: /],
    [[gcn, '--attack', 'dice', '--n', '321'], /citations has 320 test examples/],
  ]
  for (const [[model, ...words], message] of wrong) {
    const { status, stderr } = await gauntlet(
      ...['attack', '--results', folder, '--eps', '0.1', '--model', model!, ...words],
    )
    t.is(status, 2, words.join(' '))
    t.regex(stderr, /^error: [^\n]+\n$/)
    t.regex(stderr, message)
  }
  const evaluation = all.find(row => row.attack === 'hotflip' && row.model_id === row.crafted_on)!
  const file = fileOf(results, evaluation.id)
  t.true('tokens' in decodeSafetensors(await readFile(file), file).tensors)
  await truncate(file, 100)
  await t.throwsAsync(readTexts(file), { message: /^invalid safetensors file: / })
})
