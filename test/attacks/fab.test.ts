import test, { type ExecutionContext } from 'ava'
import type { Norm } from '../../attacks/attack.ts'
import { tf } from '../../src/engine/tf.ts'
import { uniformTensor, useEngine } from '../with-engine.ts'
import { boundaryDistance, linearProblem } from './linear-problem.ts'
import { keepsMinimalNormContract } from './minimal-norm-contract.ts'
import {
  attackRows,
  distances,
  linearVictim,
  make,
  normalVictim,
  predictRows,
} from './small-victims.ts'

useEngine()

for (const name of ['fab', 'fab-t']) {
  for (const norm of ['linf', 'l2', 'l1'] as const) {
    test.serial(`${name} ${norm} reaches the distance to a linear boundary within 1 %`, t => {
      const { weights, bias, rows, labels } = linearProblem
      const victim = linearVictim(t, weights, bias)
      const found = attackRows(victim, make({ name, norm }), rows, labels)
      distances(found, rows, norm).forEach((distance, at) => {
        const expected = boundaryDistance(rows[at]!, labels[at]!, norm)
        const ratio = distance / expected
        t.true(ratio >= 1 - 1e-5 && ratio < 1.01, `${at}: ${ratio}`)
      })
      predictRows(victim, found).forEach((other, at) => {
        t.not(other, labels[at])
      })
    })

    test.serial(`${name} ${norm} goes round the edge of the box within 1 %`, t => {
      const victim = linearVictim(t, linearProblem.weights, linearProblem.bias)
      // The gap to class 0 is 0.1125, the slopes are 0.75, -2.5, 2 and -1; the second is at an edge.
      const row = [0.25, 0, 0.05, 0.9]
      const expected = 0.1125 / { linf: 3.75, l2: Math.hypot(0.75, 2, 1), l1: 2 }[norm]
      const [found] = attackRows(victim, make({ name, norm }), [row], [2])
      const ratio = distances([found!], [row], norm)[0]! / expected
      t.true(ratio >= 1 - 1e-4 && ratio < 1.01, `${ratio}`)
      t.true(expected > 1.2 * boundaryDistance(row, 2, norm))
    })

    keepsMinimalNormContract({ name, norm, iterations: 12 })
  }
}

const draw = () => tf.tidy(() => uniformTensor([10, 8], 'fab').arraySync() as number[][])

const lengths = (t: ExecutionContext, options: object, norm: Norm, seed = 0) => {
  const victim = normalVictim(t, [8, 6, 4], 'fab')
  const inputs = draw()
  const labels = predictRows(victim, inputs)
  const found = attackRows(victim, make(options), inputs, labels, [...labels.keys()], seed)
  return distances(found, inputs, norm)
}

for (const norm of ['linf', 'l2', 'l1'] as const) {
  test.serial(`restarts find nearer examples for ${norm}, each seed its own`, t => {
    const options = { name: 'fab-t', norm, iterations: 5 }
    const one = lengths(t, options, norm)
    const [many, other] = [0, 1].map(seed => lengths(t, { ...options, restarts: 4 }, norm, seed))
    many!.forEach((distance, at) => {
      t.true(distance <= one[at]!)
    })
    t.true(many!.some((distance, at) => distance < one[at]!))
    t.notDeepEqual(many, other)
    t.deepEqual(lengths(t, options, norm, 1), one, 'the first run draws nothing')
  })
}

test.serial('FAB and FAB-T find nearer examples than DeepFool', t => {
  for (const norm of ['linf', 'l2'] as const) {
    const quick = lengths(t, { name: 'deepfool', norm }, norm)
    for (const name of ['fab', 'fab-t']) {
      const ratios = lengths(t, { name, norm }, norm).flatMap((distance, at) =>
        quick[at]! > 0 ? distance / quick[at]! : [],
      )
      t.true(ratios.length >= 8)
      t.true(Math.max(...ratios) < 1.01, `${name} ${norm}: ${ratios}`)
      t.true(ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length < 0.98)
    }
  }
})
