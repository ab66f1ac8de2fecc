import test from 'ava'
import { useEngine } from '../with-engine.ts'
import { boundaryDistance, linearProblem } from './linear-problem.ts'
import { keepsMinimalNormContract } from './minimal-norm-contract.ts'
import { attackRows, distances, linearVictim, make, predictRows } from './small-victims.ts'

useEngine()

const quick = {
  name: 'cw',
  norm: 'l2',
  searches: 6,
  steps: 60,
  learningRate: 0.05,
  initialWeight: 0.1,
} as const

test.serial('CW reaches the distance to a linear boundary within 1 %', t => {
  const { weights, bias, rows, labels } = linearProblem
  const victim = linearVictim(t, weights, bias)
  const attack = make({ name: 'cw', searches: 9, steps: 300, initialWeight: 0.01 })
  const found = attackRows(victim, attack, rows, labels)
  distances(found, rows, 'l2').forEach((distance, at) => {
    const expected = boundaryDistance(rows[at]!, labels[at]!, 'l2')
    t.true(
      distance >= expected * (1 - 1e-5) && distance < 1.01 * expected,
      `${distance / expected}`,
    )
  })
  predictRows(victim, found).forEach((other, at) => {
    t.not(other, labels[at])
  })
})

/** With other classes masked by zero instead of −∞, every input here would count as adversarial. */
test.serial('CW is not misled where every score is negative', t => {
  const victim = linearVictim(
    t,
    [
      [1, -1],
      [0, 0],
    ],
    [-5, -4.9],
  )
  const [found] = attackRows(victim, make(quick), [[0.4, 0.5]], [0])
  t.true(found![0]! < 0.05 && found![0]! > 0.045, `${found}`)
  t.true(Math.abs(found![1]! - 0.5) < 1e-3)
})

test.serial('CW with a confidence goes further, until another class is ahead by it', t => {
  const victim = linearVictim(
    t,
    [
      [1, -1],
      [0, 0],
    ],
    [0, 0.8],
  )
  const [found] = attackRows(victim, make({ ...quick, confidence: 0.4 }), [[0.6, 0.5]], [0])
  t.true(found![0]! < 0.2 && found![0]! > 0.19, `${found}`)
})

keepsMinimalNormContract(quick)
