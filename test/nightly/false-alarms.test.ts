import test from 'ava'
import { compareMeasures } from '../../src/nightly/compare.ts'
import type { Measurement, NightlyMeasures } from '../../src/nightly/measurement.ts'
import {
  drawChances,
  drawNightly,
  normal,
  type SimulatedPlan,
  uniform,
  withLost,
} from './simulated.ts'

/** 6 models, each clean, under three attacks and under the worst of them: 30 comparisons. */
const plan: SimulatedPlan = { models: 6, attacks: 3, examples: 250, noise: 0.2 }
const comparisons = 30
const block = 200
/** Five times two hundred: among two hundred alone, chance decides between none and three. */
const nightlies = 5 * block
/** What is stated in docs/nightly.md: on average two alarms in two hundred nightlies, */
const stated = 5 * 2
/** and more than these in fewer than one of two hundred times two hundred nightlies. */
const mostInBlock = 6

test('200 nightlies without change raise at most six alarms, five times 200 at most ten', t => {
  const random = uniform(1)
  let [alarms, unadjusted] = [0, 0]
  const blocks = new Uint8Array(nightlies / block)
  for (let night = 0; night < nightlies; night++) {
    const chances = drawChances(plan, random)
    const { changes, family } = compareMeasures(
      drawNightly(chances, random),
      drawNightly(chances, random),
      { sameStore: false },
    )
    t.is(changes.length, comparisons)
    t.is(family, comparisons)
    if (changes.some(one => one.verdict === 'regression')) {
      alarms++
      blocks[Math.floor(night / block)]! += 1
    }
    if (changes.some(one => one.p! <= 0.01)) unadjusted++
  }
  t.log(`alarms in each 200: ${blocks.join(', ')}`)
  t.true(Math.max(...blocks) <= mostInBlock)
  t.true(alarms <= stated, `${alarms} alarms`)
  // The same nightlies judged one comparison at a time: far more, so the adjustment is at work.
  t.true(unadjusted > 10 * stated, `${unadjusted} without adjustment`)
})

test('so do nightlies that another machine trained anew', t => {
  const random = uniform(2)
  let alarms = 0
  for (let night = 0; night < nightlies; night++) {
    const draw = (machine: string): NightlyMeasures => ({
      measurements: Array.from({ length: 40 }, (_, at) => overSeeds(at, machine, normal(random))),
      outcomes: new Map(),
    })
    const { changes } = compareMeasures(draw('tensorflow'), draw('wasm'), { sameStore: false })
    t.is(changes.length, 8)
    t.true(changes.every(one => one.test === 'seeds' && one.seeds === 5))
    if (changes.some(one => one.verdict === 'regression')) alarms++
  }
  t.true(alarms <= stated, `${alarms} alarms`)
})

const [one] = drawNightly(
  drawChances({ ...plan, models: 1, attacks: 0 }, uniform(6)),
  uniform(7),
).measurements

/** The accuracy of one of eight arms with one of five seeds: 80 % with a spread of 3 points. */
function overSeeds(at: number, machine: string, z: number): Measurement {
  const seed = at % 5
  const arm = `arm-${(at - seed) / 5}`
  const weights = `${machine} ${at}`
  return { ...one!, arm, seed, machine, weights, model: weights, value: 0.8 + 0.03 * z }
}

test('3 points at n = 1000 are found, among all comparisons and chance differences elsewhere', t => {
  const large: SimulatedPlan = { ...plan, examples: 1000, noise: 0.02 }
  const random = uniform(3)
  const chances = drawChances(large, random)
  const before = drawNightly(chances, random)
  for (const [job, metric] of [
    ['3 0', 'clean'],
    ['5 3', 'robust'],
  ] as const) {
    const { changes } = compareMeasures(before, withLost(drawNightly(chances, random), job, 30), {
      sameStore: false,
    })
    const found = changes.filter(one => one.verdict === 'regression')
    const arm = `arm-${job[0]}`
    t.true(found.some(one => one.arm === arm && one.metric === metric))
    t.true(
      found.every(one => one.arm === arm),
      'the other arms are left alone',
    )
  }
})

test('a certain change below the smallest that counts is no alarm', t => {
  const before = drawNightly(
    drawChances({ ...plan, examples: 5000, noise: 0 }, uniform(4)),
    uniform(5),
  )
  const { changes } = compareMeasures(before, withLost(before, '0 0', 40), { sameStore: false })
  const clean = changes.find(one => one.arm === 'arm-0' && one.metric === 'clean')!
  t.is(clean.verdict, 'small')
  t.is(clean.lost, 40)
  t.true(clean.holm! < 1e-6)
})
