import test from 'ava'
import { useEngine } from '../with-engine.ts'
import { boundaryDistance, linearProblem } from './linear-problem.ts'
import { keepsMinimalNormContract } from './minimal-norm-contract.ts'
import {
  attackRows,
  distances,
  linearVictim,
  make,
  predictRows,
  sigmoidVictim,
} from './small-victims.ts'

useEngine()

const clean = [
  [0.2, 0.9],
  [0.7, 0.3],
  [0.5, 0.5],
  [0.05, 0.95],
]

/** Made with torchattacks 3.5.1: `DeepFool(model, steps=50, overshoot=0.02)` on `sigmoidVictim`. */
const fromTorchattacks = [
  [0.498721, 0.264669],
  [0.565897, 0.538379],
  [0.507151, 0.487417],
  [0.05, 0.95],
]

test.serial('DeepFool L2 gives the golden examples', t => {
  const found = attackRows(sigmoidVictim(t), make({ name: 'deepfool' }), clean, [0, 1, 0, 1])
  fromTorchattacks.flat().forEach((value, at) => {
    const actual = found.flat()[at]!
    t.true(Math.abs(actual - value) < 2e-5, `${at}: ${actual} instead of ${value}`)
  })
})

for (const norm of ['linf', 'l2'] as const) {
  test.serial(`DeepFool ${norm} crosses a linear boundary at its distance`, t => {
    const { weights, bias, rows, labels } = linearProblem
    const victim = linearVictim(t, weights, bias)
    t.deepEqual(predictRows(victim, rows), labels)
    const found = attackRows(victim, make({ name: 'deepfool', norm }), rows, labels)
    distances(found, rows, norm).forEach((distance, at) => {
      const expected = 1.02 * boundaryDistance(rows[at]!, labels[at]!, norm)
      t.true(Math.abs(distance / expected - 1) < 1e-4, `${distance} instead of ${expected}`)
    })
    predictRows(victim, found).forEach((other, at) => {
      t.not(other, labels[at])
    })
  })
}

test.serial('DeepFool crosses a boundary that the box lets it approach only by shares', t => {
  // The steepest value is at its bound and takes most of every step: what is left of the way shrinks by
  // a share each time, and would come to rest before the boundary.
  const weights = [
    [0, 3],
    [0, 1],
  ]
  const victim = linearVictim(t, weights, [0, -3.6])
  const [row] = attackRows(victim, make({ name: 'deepfool', steps: 100 }), [[1, 0.5]], [0])
  t.deepEqual(predictRows(victim, [row!]), [1])
})

keepsMinimalNormContract({ name: 'deepfool', norm: 'linf' })
keepsMinimalNormContract({ name: 'deepfool', norm: 'l2' })
