import { startEngine } from '../../src/engine/engine.ts'
import type { Subject, Verdict } from '../../src/evaluation/checks/check.ts'
import { runChecks } from '../../src/evaluation/checks/run-checks.ts'
import { epsilon, honestLinear, honestPerceptron } from '../evaluation/checks/planted.ts'
import { settings, subjectOf } from '../evaluation/checks/subject.ts'

// How often honest models are not called real: softmax regression and a small perceptron, each from
// so many seeds of initial weights and attack, in every norm. Prints one line a check that is not
// `real` and a table of the verdicts.
//
//     node build/test/benchmarks/false-alarms.js [seeds] [first]

const models = { linear: honestLinear, mlp: honestPerceptron }
const balls: readonly (readonly [Subject['norm'], number])[] = [
  ['linf', epsilon],
  ['l2', 0.3],
  ['l1', 3],
]

const [seeds = 20, first = 1] = process.argv.slice(2).map(Number)
await startEngine('wasm')
for (const [name, model] of Object.entries(models)) {
  for (const [norm, radius] of balls) {
    const counts: Record<Verdict['verdict'], number> = { real: 0, undecided: 0, masked: 0 }
    for (let seed = first; seed < first + seeds; seed++) {
      const subject = await subjectOf(model(seed), { extra: { norm, epsilon: radius, seed } })
      const { verdict, reasons } = (await runChecks(subject, settings)).verdict
      counts[verdict]++
      if (verdict !== 'real') {
        console.log(`${name} ${norm} seed ${seed}: ${verdict}. ${reasons.join(' ')}`)
      }
    }
    console.log(`${name} ${norm} ${radius}: ${JSON.stringify(counts)}`)
  }
}
