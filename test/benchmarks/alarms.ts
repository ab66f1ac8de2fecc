/**
 * How often `gauntlet nightly` raises a false alarm, and how small a loss of accuracy it finds, by
 * nightlies made up example by example: `node build/test/benchmarks/alarms.js [nightlies]`.
 */
import { compareMeasures } from '../../src/nightly/compare.ts'
import {
  drawChances,
  drawNightly,
  type SimulatedPlan,
  uniform,
  withLost,
} from '../nightly/simulated.ts'

const nightlies = Number(process.argv[2] ?? 2000)
const shown = (share: number) => `${(100 * share).toFixed(1)} %`

/** 8 models, each clean, under four attacks and under the worst of them: 48 comparisons. */
const usual: SimulatedPlan = { models: 8, attacks: 4, examples: 500, noise: 0.2 }

/** Shares of nightlies without change that raise an alarm, and that call anything changed. */
function falseAlarms(plan: SimulatedPlan, seed: number): { alarm: number; any: number } {
  const random = uniform(seed)
  let [alarms, any] = [0, 0]
  for (let night = 0; night < nightlies; night++) {
    const chances = drawChances(plan, random)
    const [before, now] = [drawNightly(chances, random), drawNightly(chances, random)]
    const { changes } = compareMeasures(before, now, { sameStore: false })
    if (changes.some(one => one.verdict === 'regression')) alarms++
    if (changes.some(one => one.verdict !== 'unchanged')) any++
  }
  return { alarm: alarms / nightlies, any: any / nightlies }
}

/** Share of nightlies in which a planted loss of so many examples is called a regression. */
function power(plan: SimulatedPlan, lost: number, seed: number): number {
  const random = uniform(seed)
  const runs = Math.ceil(nightlies / 10)
  let found = 0
  for (let night = 0; night < runs; night++) {
    const chances = drawChances(plan, random)
    const before = drawNightly(chances, random)
    const now = withLost(drawNightly(chances, random), '0 0', lost)
    const { changes } = compareMeasures(before, now, { sameStore: false })
    const regressed = changes.some(
      one => one.verdict === 'regression' && one.metric === 'clean' && one.arm === 'arm-0',
    )
    if (regressed) found++
  }
  return found / runs
}

console.log(
  `| no change, ${nightlies} nightlies of 48 comparisons | alarm | anything called changed |\n|---|---|---|`,
)
for (const noise of [0.02, 0.1, 0.2, 0.4]) {
  const { alarm, any } = falseAlarms({ ...usual, noise }, Math.round(1000 * noise))
  console.log(
    `| each example's verdict turns with a chance of up to ${shown(noise)} | ${shown(alarm)} | ${shown(any)} |`,
  )
}

const lossesInPoints = [1, 2, 3, 5]
console.log(
  `\n| n | decided otherwise by chance | ${lossesInPoints.map(l => `−${l}`).join(' | ')} |`,
)
console.log(`|---|---|${lossesInPoints.map(() => '---|').join('')}`)
for (const examples of [500, 1000, 2000]) {
  for (const noise of [0, 0.02, 0.1]) {
    const plan = { ...usual, examples, noise }
    const cells = lossesInPoints.map(loss =>
      shown(power(plan, Math.round((loss * examples) / 100), 10 * examples + loss)),
    )
    console.log(`| ${examples} | ${shown(noise)} | ${cells.join(' | ')} |`)
  }
}
