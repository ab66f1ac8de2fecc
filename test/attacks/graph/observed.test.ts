import test from 'ava'
import { createGraphAttack, graphAttackSchema } from '../../../attacks/graph/create-graph-attack.ts'
import { nodeLoss } from '../../../attacks/graph/node-loss.ts'
import { predictedLabels } from '../../../attacks/graph/node-objective.ts'
import { tf } from '../../../src/engine/tf.ts'
import { graphGoal } from '../../../src/evaluation/attack-graph.ts'
import { generator } from '../../../src/random/generator.ts'
import { useEngine } from '../../with-engine.ts'
import { keeping, type Seen } from '../keeping.ts'
import { smallCitations, trainedVictim } from './small-citations.ts'

useEngine()

const dataset = smallCitations(100)
const goal = graphGoal(dataset)

for (const [options, seen, last, averaged] of [
  [{ name: 'pgd-topology', steps: 6 }, 6, 7, true],
  [{ name: 'pgd-topology', steps: 6, loss: 'margin' }, 6, 7, false],
  [{ name: 'min-max', steps: 4 }, 4, 5, true],
  [{ name: 'feature-pgd', steps: 5, randomStart: false }, 6, 6, true],
] as const) {
  test.serial(
    `who looks on at ${JSON.stringify(options)} sees its loss and changes nothing`,
    async t => {
      const victim = await trainedVictim(t, dataset)
      const attack = createGraphAttack(graphAttackSchema.parse(options), 0.1)
      const before = tf.memory().numTensors
      const kept: Seen[] = []
      const watched = attack.run(victim, goal, generator(0, 'test'), keeping(kept))
      t.is(tf.memory().numTensors, before)
      t.deepEqual(watched, attack.run(victim, goal, generator(0, 'test')))
      t.deepEqual(
        kept.map(({ iteration }) => iteration),
        Array.from({ length: seen }, (_, at) => at + 1),
      )
      for (const one of kept) {
        t.is(one.last, last)
        t.deepEqual(one.rows, [...goal.targets.keys()])
      }
      if (options.name === 'min-max') return
      // The first iterate is the clean graph; the loss of all targets is the mean or the sum of theirs.
      const predicted = predictedLabels(victim, goal)
      const [first] = kept as [Seen]
      const name = averaged ? 'cross-entropy' : 'margin'
      const whole = tf.tidy(
        () => nodeLoss(name, goal.targets, predicted)(victim.logits(dataset)).dataSync()[0]!,
      )
      const sum = Array.from(first.losses).reduce((total, loss) => total + loss, 0)
      t.true(
        Math.abs(whole - (averaged ? sum / goal.targets.length : sum)) < 1e-3 * Math.abs(whole),
      )
      t.deepEqual(
        Array.from(first.wrong),
        Array.from(goal.targets, node => predicted[node] !== dataset.labels[node]),
      )
      const mean = ({ losses }: Seen) =>
        Array.from(losses).reduce((total, loss) => total + loss, 0) / losses.length
      t.true(mean(kept.at(-1)!) > mean(first))
    },
  )
}
