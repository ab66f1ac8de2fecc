import test from 'ava'
import { type Augmentation, augment, augmentationSchema } from '../../src/data/augment.ts'
import { type Stream, stream } from '../../src/random/stream.ts'

const shape = [3, 4, 2] as const
const size = 3 * 4 * 2
const count = 9000

/** Equal images, every number of which is another. */
const one = Float32Array.from({ length: size }, (_, at) => (at + 1) / 100)
const images = Float32Array.from({ length: count * size }, (_, at) => one[at % size]!)

const random = (step = 0) => stream(7, 'augment', step)

/** The image moved up and to the left, zeros where nothing was, mirrored or not; pixel by pixel. */
function variant(down: number, right: number, mirrored: boolean): number[] {
  const [height, width, channels] = shape
  const out: number[] = []
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [fromY, fromX] = [y + down, (mirrored ? width - 1 - x : x) + right]
      const inside = fromY >= 0 && fromY < height && fromX >= 0 && fromX < width
      for (let c = 0; c < channels; c++) {
        out.push(inside ? one[(fromY * width + fromX) * channels + c]! : 0)
      }
    }
  }
  return out
}

/** Every outcome that these options allow. */
function variants({ crop, flip }: Augmentation): string[] {
  const shifts = Array.from({ length: 2 * crop + 1 }, (_, at) => at - crop)
  return shifts.flatMap(down =>
    shifts.flatMap(right =>
      (flip ? [false, true] : [false]).map(mirrored => variant(down, right, mirrored).join()),
    ),
  )
}

/** Which of the variants each image has become. */
function outcomes(options: Augmentation): number[] {
  const known = variants(options)
  const out = augment(images, shape, options, random())
  return Array.from({ length: count }, (_, i) =>
    known.indexOf(out.subarray(i * size, (i + 1) * size).join()),
  )
}

/** The stream that begins with these words. */
function fixed(...words: readonly number[]): Stream {
  return {
    ...random(),
    words(out) {
      out.set(words)
      return out
    },
  }
}

const cases: Readonly<Record<string, Augmentation>> = {
  'a crop': { crop: 1, flip: false },
  'a flip': { crop: 0, flip: true },
  'a crop and a flip': { crop: 2, flip: true },
}

for (const [name, options] of Object.entries(cases)) {
  test(`${name} makes every shifted or mirrored window, all equally often`, t => {
    const found = outcomes(options)
    const known = variants(options)
    t.is(new Set(known).size, known.length)
    t.false(found.includes(-1))
    const share = 1 / known.length
    const error = Math.sqrt(count * share * (1 - share))
    for (const which of known.keys()) {
      const times = found.filter(outcome => outcome === which).length
      t.true(Math.abs(times - count * share) < 4 * error, `${which}: ${times} of ${count}`)
    }
  })

  test(`${name} of one image says nothing about the next`, t => {
    const found = outcomes(options)
    const pairs = count - 1
    const share = 1 / variants(options).length
    const repeated = found.filter((outcome, i) => i > 0 && outcome === found[i - 1]).length
    t.true(Math.abs(repeated - pairs * share) < 4 * Math.sqrt(pairs * share * (1 - share)))
  })

  test(`${name} follows from the stream alone and leaves its input as it was`, t => {
    const before = images.slice()
    const first = augment(images, shape, options, random())
    t.deepEqual(augment(images, shape, options, random()), first)
    t.notDeepEqual(augment(images, shape, options, random(1)), first)
    t.deepEqual(
      augment(images.subarray(0, 5 * size), shape, options, random()),
      first.slice(0, 120),
    )
    t.deepEqual(images, before)
    t.not(first.buffer, images.buffer)
  })
}

test('words choose row, column and mirror, the lowest the most negative shift', t => {
  const image = Float32Array.of(1, 2, 3, 4, 5, 6)
  const low = 0
  const high = 2 ** 32 - 1
  const middle = 2 ** 31
  const make = (...words: number[]) => [
    ...augment(image, [2, 3, 1], { crop: 1, flip: true }, fixed(...words)),
  ]
  t.deepEqual(make(middle, middle, low), [1, 2, 3, 4, 5, 6])
  t.deepEqual(make(low, low, low), [0, 0, 0, 0, 1, 2])
  t.deepEqual(make(high, middle, low), [4, 5, 6, 0, 0, 0])
  t.deepEqual(make(middle, high, low), [2, 3, 0, 5, 6, 0])
  t.deepEqual(make(middle, middle, high), [3, 2, 1, 6, 5, 4])
  t.deepEqual(make(low, high, high), [0, 0, 0, 0, 3, 2])
})

test('a crop does not change when flips are allowed as well', t => {
  const crops = outcomes({ crop: 1, flip: false })
  const both = outcomes({ crop: 1, flip: true })
  t.deepEqual(
    both.map(outcome => Math.floor(outcome / 2)),
    crops,
  )
})

test('a crop may leave nothing of an image', t => {
  const far = augment(images, shape, { crop: 9, flip: true }, fixed(...Array(3 * count).fill(0)))
  t.true(far.every(pixel => pixel === 0))
})

test('without crop and flip the images themselves come back', t => {
  t.is(augment(images, shape, { crop: 0, flip: false }, random()), images)
})

test('options have defaults that change nothing, and are checked', t => {
  t.deepEqual(augmentationSchema.parse({}), { crop: 0, flip: false })
  for (const wrong of [{ crop: -1 }, { crop: 1.5 }, { flip: 1 }, { mirror: true }]) {
    t.false(augmentationSchema.safeParse(wrong).success)
  }
})
