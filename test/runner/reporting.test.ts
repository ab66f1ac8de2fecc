import test from 'ava'
import { textTable } from '../../src/commands/text-table.ts'
import { planSchema } from '../../src/plans/plan.ts'
import { duration } from '../../src/runner/duration.ts'
import { type ProgressState, progressReporter } from '../../src/runner/progress.ts'
import { summaryTable } from '../../src/runner/summary.ts'
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
  const table = summaryTable(plan, [
    result({}),
    result({ seed: 1, robustCorrect: 70 }),
    result({ attack: 'fgsm', epsilon: 0.2, robustCorrect: 50 }),
    result({ attack: 'fgsm', epsilon: 0.1, robustCorrect: 99 }),
    result({ ...pgd, robustCorrect: 10 }),
    result({ ...from('lr-logit'), robustCorrect: 60 }),
    result({ ...from('lr-logit', 'lenet'), robustCorrect: 1 }),
    result({ ...from('bp-noise'), robustCorrect: 2 }),
  ])
  t.deepEqual(table[0], [
    ...['data', 'architecture', 'arm', 'n', 'clean', 'FGSM 0.2', 'PGD 0.2', 'transfer 0.2'],
  ])
  t.deepEqual(table[1]!.slice(0, 4), ['glyphs', 'mlp', 'bp', '200'])
  // 160 of 200: Wilson 95 % interval by its closed form.
  t.is(table[1]![4], '80.0 [73.9, 85.0]')
  t.deepEqual(
    table[1]!.slice(5).map(cell => cell.split(' ')[0]),
    ['50.0', '10.0', '60.0'],
  )
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
    n: 10,
    robustCorrect: 9,
    low: 0,
    high: 1,
    craftedOnArm: null,
    craftedOnArchitecture: null,
    craftedOnSeed: null,
  })
  const table = summaryTable(plan, [
    result('mlp', {}, { epochs: 1 }),
    result('mlp', { localCredit: false }, { epochs: 1 }),
    result('mlp', {}, { forwards: 9 }),
    result('lenet', { copies: 2 }, { epochs: 7 }),
  ])
  t.deepEqual(
    table.slice(1).map(row => row.slice(1, 3)),
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
