import test from 'ava'
import { compareMeasures } from '../../src/nightly/compare.ts'
import { junitReport } from '../../src/nightly/junit.ts'
import { markdownSummary } from '../../src/nightly/markdown.ts'
import { matchMeasurements } from '../../src/nightly/match.ts'
import type { Measurement } from '../../src/nightly/measurement.ts'
import { differences } from '../../src/nightly/plan-differences.ts'
import { drawChances, drawNightly, uniform } from './simulated.ts'
import { elements } from './xml.ts'

const drawn = drawNightly(
  drawChances({ models: 1, attacks: 1, examples: 50, noise: 0 }, uniform(1)),
  uniform(2),
)
const [clean] = drawn.measurements as [Measurement]
const compare = (before: readonly Measurement[], now: readonly Measurement[]) =>
  compareMeasures(
    { measurements: before, outcomes: new Map() },
    { measurements: now, outcomes: new Map() },
    { sameStore: false },
  )

test('a measurement meets the one with its options; one of other options by its place', t => {
  const of = (config: string, job: string): Measurement => ({ ...clean, config, job })
  const { pairs, onlyBefore, onlyNow } = matchMeasurements(
    [of('a', '1'), of('b', '2'), of('c', '3')],
    [of('x', '4'), of('c', '5'), of('b', '6')],
  )
  t.deepEqual(pairs.map(({ before, now }) => `${before.job}${now.job}`).sort(), ['14', '26', '35'])
  t.deepEqual([onlyBefore, onlyNow], [[], []])
  const more = matchMeasurements([of('a', '1')], [of('x', '2'), of('y', '3')])
  t.deepEqual([more.pairs.length, more.onlyBefore.length, more.onlyNow.length], [0, 1, 2])
})

test('another engine trains other weights: seeds decide, and one seed cannot', t => {
  const other = { weights: 'x', machine: 'tensorflow' }
  const outcomes = drawn.outcomes
  const judged = compareMeasures(
    { measurements: [clean], outcomes },
    { measurements: [{ ...clean, ...other }], outcomes },
    { sameStore: false },
  )
  t.like(judged.changes, [{ test: 'none', note: 'one seed', verdict: 'unchanged' }])
  const same = compareMeasures(
    { measurements: [clean], outcomes },
    { measurements: [{ ...clean, machine: 'tensorflow' }], outcomes },
    { sameStore: false },
  )
  t.like(same.changes, [{ test: 'mcnemar', note: 'same weights' }])
})

test('other data are judged over seeds, three points below with a small spread are found', t => {
  const over = (datasetId: string, values: readonly number[]) =>
    values.map((value, seed): Measurement => ({ ...clean, seed, datasetId, value }))
  const { changes } = compare(
    over('old', [0.9, 0.901, 0.899, 0.9, 0.9]),
    over('new', [0.87, 0.871, 0.869, 0.87, 0.871]),
  )
  t.like(changes, [{ test: 'seeds', seeds: 5, seed: null, verdict: 'regression' }])
  t.true(Math.abs(changes[0]!.difference! + 0.0298) < 1e-9)
})

test('cosines of the same weights are judged over repeats, variances as factors over seeds', t => {
  const cosine: Measurement = { ...clean, metric: 'cosine', value: 0.5, n: 20, sd: 0.01 }
  const fell = compare([cosine], [{ ...cosine, value: 0.45 }])
  t.like(fell.changes, [{ test: 'repeats', verdict: 'regression', n: 20 }])
  const variance = (factor: number) =>
    [1, 1.02, 0.98].map((value, seed): Measurement => {
      return { ...clean, metric: 'variance', seed, value: value * factor, n: 20 }
    })
  const rose = compare(variance(1), variance(2))
  t.like(rose.changes, [{ test: 'seeds', verdict: 'regression' }])
  t.true(Math.abs(rose.changes[0]!.difference! - 1) < 1e-9)
  t.like(compare(variance(2), variance(1)).changes, [{ verdict: 'improvement' }])
  const seconds: Measurement = { ...clean, metric: 'seconds', value: 10, n: null }
  t.like(compare([seconds], [{ ...seconds, value: 99 }]).changes, [{ verdict: 'reported' }])
})

test('settings that differ are named by their path', t => {
  t.deepEqual(differences({ a: [{ b: 1, c: [1, 2] }] }, { a: [{ b: 2, c: [1, 3] }], d: 'x' }), [
    { path: 'a[0].b', before: '1', now: '2' },
    { path: 'a[0].c', before: '[1, 2]', now: '[1, 3]' },
    { path: 'd', before: null, now: 'x' },
  ])
})

test('whatever a message holds, the summary is Markdown and the report is XML', t => {
  const error = 'a | b <img src="x"> & \'c\'\n\u0000\u001b[31m](http://x) ]]>'
  const facts = {
    ...{
      plan: 'hostile',
      id: 'i',
      state: 'failed',
      outOfTime: false,
      total: 2,
      done: 0,
      reused: 0,
    },
    jobs: (['failed', 'waiting'] as const).map(state => ({
      ...{ id: state, kind: 'train' as const, title: 'train "<&>"', state, error, seconds: null },
      ...{ started_at: null, ended_at: null },
    })),
    diverged: [],
  }
  const xml = elements(junitReport(facts, []))
  t.is(xml.find(({ name }) => name === 'testcase')?.attributes.name, 'train "<&>"')
  const [failure] = xml.filter(({ name }) => name === 'failure')
  t.is(failure!.attributes.message, 'a | b <img src="x"> & \'c\' [31m](http://x) ]]>')
  t.deepEqual(
    xml.filter(({ name }) => name === 'testsuite').map(({ attributes }) => attributes.tests),
    ['2', '0'],
  )
  const line = markdownSummary(facts, [], [])
    .split('\n')
    .find(one => one.startsWith('- train'))!
  t.true(line.includes('a \\| b \\<img src="x"\\> & \'c\''))
  t.true(line.includes('\\](http://x)'))
})
