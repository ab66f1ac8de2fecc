import test from 'ava'
import type { ImageShape } from '../../../models/input.ts'
import {
  type CorruptionName,
  corrupt,
  corruptionNames,
  corruptionsFor,
} from '../../../src/evaluation/corruptions/corrupt.ts'
import { severities } from '../../../src/evaluation/corruptions/corruption.ts'
import { meanDistance, waves } from './waves.ts'

const shapes: readonly ImageShape[] = [
  [32, 32, 3],
  [28, 28, 1],
  [20, 13, 3],
]
const numbers = [0, 1, 2, 3, 4, 5]
const deterministic: readonly CorruptionName[] = [
  'brightness',
  'contrast',
  'defocus-blur',
  'gaussian-blur',
  'jpeg-compression',
  'pixelate',
  'saturate',
  'zoom-blur',
]

for (const name of corruptionNames) {
  test(`${name}: stays in the box and leaves its input alone, whatever the shape`, t => {
    for (const shape of shapes.filter(each => corruptionsFor(each).includes(name))) {
      const clean = waves(2, shape)
      const before = Float32Array.from(clean)
      for (const severity of severities) {
        const found = corrupt(name, severity, clean, shape, 1, [0, 1])
        t.true(found.every(value => value >= 0 && value <= 1))
        t.true(meanDistance(found, clean) > 0, `severity ${severity}`)
      }
      t.deepEqual(clean, before)
    }
  })

  test(`${name}: an image's numbers depend on seed and example, not on the batch`, t => {
    const [shape] = shapes as [ImageShape]
    const clean = waves(6, shape)
    const size = clean.length / 6
    const whole = corrupt(name, 3, clean, shape, 7, numbers)
    const alone = corrupt(name, 3, clean.subarray(4 * size, 5 * size), shape, 7, [4])
    t.deepEqual(alone, whole.slice(4 * size, 5 * size))
    t.deepEqual(corrupt(name, 3, clean, shape, 7, numbers), whole)
    const random = !deterministic.includes(name)
    const image = clean.subarray(0, size)
    const [one, other] = [0, 1].map(example => corrupt(name, 3, image, shape, 7, [example]))
    t.is(meanDistance(one!, other!) > 0, random)
    t.is(meanDistance(one!, corrupt(name, 3, image, shape, 8, [0])) > 0, random)
  })
}

/** The published levels of these go both ways. */
const uneven: readonly CorruptionName[] = ['elastic-transform', 'glass-blur', 'saturate']

for (const name of corruptionNames.filter(each => !uneven.includes(each))) {
  test(`${name}: a higher severity changes images more on average`, t => {
    for (const shape of shapes.slice(0, 2)) {
      if (!corruptionsFor(shape).includes(name)) continue
      const clean = waves(6, shape)
      const distances = severities.map(severity =>
        meanDistance(corrupt(name, severity, clean, shape, 3, numbers), clean),
      )
      distances.slice(1).forEach((distance, at) => {
        // Motion blur of severities 3 and 4 differs by weights that are nearly zero.
        const tie = name === 'motion-blur' && at === 2
        const more = tie ? distance >= distances[at]! - 1e-6 : distance > distances[at]!
        t.true(more, `${shape}: ${distances.join(' ')}`)
      })
    }
  })
}

test('twenty corruptions, nineteen of them for grey images', t => {
  t.is(corruptionNames.length, 20)
  t.is(corruptionsFor([28, 28, 1]).length, 19)
  t.deepEqual([...corruptionNames].sort(), corruptionNames)
})

test('unknown names, other severities and shapes that do not fit are refused', t => {
  const image = new Float32Array(12)
  const refused = (name: string, severity: number, shape: ImageShape, examples = [0]) =>
    t.throws(() => corrupt(name as CorruptionName, severity as 1, image, shape, 0, examples), {
      instanceOf: RangeError,
    })?.message
  t.regex(refused('frost', 1, [2, 2, 3])!, /^unknown corruption: frost; expected brightness, /)
  t.regex(refused('toString', 1, [2, 2, 3])!, /^unknown corruption: toString/)
  t.is(refused('fog', 6, [2, 2, 3]), 'invalid severity: 6; expected 1 to 5')
  t.is(refused('fog', 1, [3, 2, 2]), 'invalid image: 2 channels; expected 1 or 3')
  t.is(refused('fog', 1, [2, 2, 3], [0, 1]), 'invalid images: 12 values; expected 2 of 2x2x3')
  t.is(
    refused('saturate', 1, [3, 4, 1]),
    'invalid corruption: saturate needs images of three channels',
  )
})
