import test from 'ava'
import { steepest } from '../../attacks/geometry.ts'
import { tf } from '../../src/engine/tf.ts'
import { leavesNoTensors, useEngine } from '../with-engine.ts'

useEngine()

test.serial(
  'the sign of the smallest numbers is not lost, nor in a step along the gradient',
  leavesNoTensors(t => {
    const x = tf.tensor2d([[3, 1e-8, -1e-8, 1e-30, 0, Number.NaN]])
    for (const signs of [tf.sign(x), steepest(x, 'linf')]) {
      t.deepEqual([...signs.dataSync()], [1, 1, -1, 1, 0, 0])
      signs.dispose()
    }
    x.dispose()
  }),
)
