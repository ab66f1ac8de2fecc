import test from 'ava'
import { textTable } from '../../src/commands/text-table.ts'
import { planSchema } from '../../src/plans/plan.ts'
import { duration } from '../../src/runner/duration.ts'
import { type ProgressState, progressReporter } from '../../src/runner/progress.ts'
import { summaryTables } from '../../src/runner/summary.ts'
import type { NightlyResult } from '../../src/store/queries/nightly-results.ts'
import { tinyPlan } from './command.ts'

test('durations are written for people', t => {
  t.deepEqual([0, 59.4, 60, 3599, 7860].map(duration), [
    ...['0 s', '59 s', '1 min 0 s', '59 min 59 s', '2 h 11 min'],
  ])
})

/** A stream that keeps what is written. */
function sink(terminal: { readonly columns: number } | null) {
  const written: string[] = []
  const stream = {
    isTTY: terminal !== null,
    ...terminal,
    write: (text: string) => written.push(text) > 0,
  }
  return { written, stream: stream as unknown as NodeJS.WriteStream }
}

const half: ProgressState = {
  done: 3,
  total: 8,
  cost: { total: 100, done: 50, reused: 20 },
  current: ['train lenet 40 %'],
}

test('on a terminal one line is redrawn, with the time left at the pace so far', t => {
  let clock = 0
  const { written, stream } = sink({ columns: 60 })
  const progress = progressReporter(stream, () => clock)
  clock = 60_000
  progress.update(half)
  // 30 units of cost took 60 s, 50 are left.
  const bar = `${'█'.repeat(12)}${'░'.repeat(12)}`
  t.is(written[0], `\r\u001b[K${bar} 50 % 3/8 jobs · 1 min 40 s left · `)
  progress.line('done: train mlp')
  t.true(written[1]!.startsWith('\r\u001b[Kdone: train mlp\n'))
  progress.end()
  t.is(written[2], '\r\u001b[K')
})

test('elsewhere a plain line is written now and then', t => {
  let clock = 0
  const { written, stream } = sink(null)
  const progress = progressReporter(stream, () => clock)
  progress.update(half)
  clock = 20_000
  progress.update(half)
  clock = 21_000
  progress.update(half)
  t.deepEqual(written, ['50 % · 3/8 jobs · 33 s left · train lenet 40 %\n'])
})

test('the summary pools seeds, takes the middle radius, and names transfer from the twin', t => {
  const plan = planSchema.parse({
    ...tinyPlan,
    attacks: [
      { attack: { name: 'fgsm' }, epsilons: [0.3, 0.1, 0.2] },
      { attack: { name: 'pgd' }, epsilons: [0.2] },
    ],
  })
  const result = (change: Partial<NightlyResult>): NightlyResult => ({
    dataset: 'glyphs',
    architecture: 'mlp',
    architectureConfig: '{}',
    arm: 'bp',
    estimatorConfig: JSON.stringify({ name: change.arm ?? 'bp' }),
    trainingConfig: '{"epochs":1}',
    seed: 0,
    modelId: 'm',
    attack: 'none',
    norm: 'linf',
    epsilon: 0,
    setting: 'evasion',
    n: 100,
    robustCorrect: 90,
    low: 0,
    high: 1,
    craftedOnArm: null,
    craftedOnArchitecture: null,
    craftedOnSeed: null,
    ...change,
  })
  const pgd = { attack: 'pgd', epsilon: 0.2 }
  const from = (craftedOnArm: string, craftedOnArchitecture = 'mlp') => ({
    ...pgd,
    craftedOnArm,
    craftedOnArchitecture,
    craftedOnSeed: 0,
  })
  const [table] = summaryTables(plan, [
    result({}),
    result({ seed: 1, robustCorrect: 70 }),
    result({ attack: 'fgsm', epsilon: 0.2, robustCorrect: 50 }),
    result({ attack: 'fgsm', epsilon: 0.1, robustCorrect: 99 }),
    result({ ...pgd, robustCorrect: 10 }),
    result({ ...from('lr-logit'), robustCorrect: 60 }),
    result({ ...from('lr-logit', 'lenet'), robustCorrect: 1 }),
    result({ ...from('bp-noise'), robustCorrect: 2 }),
  ])
  t.deepEqual(table![0], [
    ...['data', 'architecture', 'arm', 'n', 'clean', 'fgsm 0.2', 'pgd 0.2', 'transfer pgd'],
  ])
  t.deepEqual(table![1]!.slice(0, 4), ['glyphs', 'mlp', 'bp', '200'])
  // 160 of 200: Wilson 95 % interval by its closed form.
  t.is(table![1]![4], '80.0 [73.9, 85.0]')
  t.deepEqual(
    table![1]!.slice(5).map(cell => cell.split(' ')[0]),
    ['50.0', '10.0', '60.0'],
  )
})

test('a table for each kind of data, at the size that most attacks have, poisoning apart', t => {
  const plan = planSchema.parse({
    ...tinyPlan,
    attacks: [
      { attack: { name: 'pgd' }, epsilons: [0.1, 0.2] },
      { attack: { name: 'autoattack' }, epsilons: [0.1], examples: 10 },
      { attack: { name: 'hotflip' }, epsilons: [0.2] },
      { attack: { name: 'dice' }, epsilons: [0.1], settings: ['evasion', 'poisoning'] },
    ],
  })
  const result = (change: Partial<NightlyResult>): NightlyResult => ({
    ...{ dataset: 'glyphs', architecture: 'mlp', architectureConfig: '{}', arm: 'bp' },
    ...{ estimatorConfig: '{"name":"bp"}', trainingConfig: '{}', seed: 0, modelId: 'm' },
    ...{ attack: 'none', norm: 'linf', epsilon: 0, setting: 'evasion', n: 100, low: 0, high: 1 },
    ...{ robustCorrect: 90, craftedOnArm: null, craftedOnArchitecture: null, craftedOnSeed: null },
    ...change,
  })
  const graph = { dataset: 'citations', attack: 'dice', norm: 'edges', epsilon: 0.1 }
  const [images, texts, graphs] = summaryTables(plan, [
    result({}),
    result({ attack: 'pgd', epsilon: 0.1, robustCorrect: 30 }),
    result({ attack: 'pgd', epsilon: 0.2, robustCorrect: 31 }),
    result({ attack: 'autoattack', epsilon: 0.1, n: 10, robustCorrect: 2 }),
    result({ dataset: 'topics', attack: 'hotflip', norm: 'words', epsilon: 0.2 }),
    result({ ...graph, robustCorrect: 70 }),
    result({ ...graph, setting: 'poisoning', robustCorrect: 60 }),
  ])
  const shares = (rows: string[][] | undefined) => rows![1]!.slice(4).map(one => one.split(' ')[0])
  t.deepEqual(images![0]!.slice(4), ['clean', 'pgd 0.1', 'autoattack 0.1', 'transfer pgd'])
  t.deepEqual(shares(images), ['90.0', '30.0', '20.0', '–'])
  t.deepEqual(texts![0]!.slice(4), ['clean', 'hotflip 0.2', 'transfer hotflip'])
  t.deepEqual(graphs![0]!.slice(4), ['clean', 'dice 0.1', 'dice poisoning'])
  t.deepEqual(shares(graphs), ['–', '70.0', '60.0'])
})

test('arms, architectures and budgets of one name are told apart in the summary, others are not', t => {
  const plan = planSchema.parse({ ...tinyPlan, attacks: [] })
  const result = (architecture: string, estimator: object, training: object): NightlyResult => ({
    dataset: 'glyphs',
    architecture,
    architectureConfig: JSON.stringify({ name: architecture }),
    arm: 'lr-logit',
    estimatorConfig: JSON.stringify({ name: 'lr-logit', copies: 4, ...estimator }),
    trainingConfig: JSON.stringify(training),
    seed: 0,
    modelId: 'm',
    attack: 'none',
    norm: 'linf',
    epsilon: 0,
    setting: 'evasion',
    n: 10,
    robustCorrect: 9,
    low: 0,
    high: 1,
    craftedOnArm: null,
    craftedOnArchitecture: null,
    craftedOnSeed: null,
  })
  const [table] = summaryTables(plan, [
    result('mlp', {}, { epochs: 1 }),
    result('mlp', { localCredit: false }, { epochs: 1 }),
    result('mlp', {}, { forwards: 9 }),
    result('lenet', { copies: 2 }, { epochs: 7 }),
  ])
  t.deepEqual(
    table!.slice(1).map(row => row.slice(1, 3)),
    [
      ['mlp', 'lr-logit'],
      ['mlp', 'lr-logit (localCredit false)'],
      ['mlp', 'lr-logit (epochs default, forwards 9)'],
      ['lenet', 'lr-logit'],
    ],
  )
})

test('a text table aligns its columns', t => {
  t.deepEqual(
    textTable(
      [
        ['arm', 'n'],
        ['bp', '500'],
        ['lr', '5'],
      ],
      column => column === 1,
    ),
    ['arm    n', '───  ───', 'bp   500', 'lr     5'],
  )
})
