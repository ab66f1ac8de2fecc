import test from 'ava'
import type { Iteration } from '../../attacks/observer.ts'
import {
  convergencePoints,
  createRecorder,
  notedIterations,
} from '../../src/evaluation/convergence.ts'
import { partialExamples } from '../../src/runner/example-files.ts'
import { temporaryFolder } from '../store/fixtures/folder.ts'

test('at most thirty iterations are noted, the first and the last among them', t => {
  t.deepEqual(notedIterations(5), [1, 2, 3, 4, 5])
  for (const last of [31, 105, 202, 5000, 100_000]) {
    const noted = notedIterations(last)
    t.is(noted.length, 30)
    t.is(noted[0], 1)
    t.is(noted.at(-1), last)
    t.true(noted.every((value, at) => at === 0 || value > noted[at - 1]!))
    t.true(noted.findLast(value => value <= last / 2)! > last / 4, 'one is near the half')
  }
})

const seen = (iteration: number, losses: readonly number[], wrong: readonly number[]) =>
  ({ iteration, last: 4, loss: 'ce', losses, wrong }) satisfies Iteration

/** Three examples in two batches: the last is wrong anyway. */
function recorded() {
  const recorder = createRecorder(3, 'pgd')
  const first = recorder.batch(0)
  first.see([0, 1], seen(1, [0.5, 0.25], [0, 0]))
  first.see([0, 1], seen(2, [1, 0.125], [1, 0]))
  // The first left; the second is now the first of the rows that stay.
  first.rows([1]).see([0], seen(4, [Number.NaN], [0]))
  recorder.batch(2).see([0], seen(1, [2], [1]))
  return recorder.recorded
}

const fates = [
  { label: 1, cleanPrediction: 1, success: true, brokenBy: 0 },
  { label: 1, cleanPrediction: 1, success: false, brokenBy: 0 },
  { label: 1, cleanPrediction: 0, success: false, brokenBy: 0 },
]

test('a curve is the mean of the highest losses so far and what is not broken yet', t => {
  const points = convergencePoints(recorded(), ['pgd'], fates)
  t.deepEqual(
    points.map(({ iteration, loss, attacked, robustCorrect }) => [
      ...[iteration, loss, attacked, robustCorrect],
    ]),
    [
      [1, 0.375, 2, 2],
      [2, 0.625, 2, 1],
      [3, 0.625, 2, 1],
      [4, 0.625, 2, 1],
    ],
  )
  t.like(points[0], { part: 'pgd', position: 0, lossName: 'ce' })
})

test('what was broken by luck and stands in the end was never broken', t => {
  const standing = fates.map(fate => ({ ...fate, success: false }))
  const points = convergencePoints(recorded(), ['pgd'], standing)
  t.deepEqual(
    points.map(({ robustCorrect }) => robustCorrect),
    [2, 2, 2, 2],
  )
})

test('of a composed attack the parts follow one another, those without a loss left out', t => {
  const recorder = createRecorder(3, 'autoattack')
  const batch = recorder.batch(0)
  batch.part('square').see([2], { ...seen(1, [0.5], [1]), last: 1, loss: 'margin' })
  batch.part('apgd-ce').see([0, 1, 2], seen(2, [1, 1, 1], [1, 0, 0]))
  const right = { label: 1, cleanPrediction: 1, success: true }
  const points = convergencePoints(
    recorder.recorded,
    ['apgd-ce', 'fab-t', 'square'],
    [1, 2, 3].map(brokenBy => ({ ...right, brokenBy })),
  )
  t.deepEqual(
    points.map(({ part, position, iteration, attacked, robustCorrect }) => [
      ...[part, position, iteration, attacked, robustCorrect],
    ]),
    [
      ['apgd-ce', 0, 1, 0, 3],
      ['apgd-ce', 0, 2, 3, 2],
      ['apgd-ce', 0, 3, 3, 2],
      ['apgd-ce', 0, 4, 3, 2],
      // FAB-T broke the second in between.
      ['square', 2, 1, 1, 0],
    ],
  )
  t.is(points[0]!.loss, null)
})

test('an attack that was cut short goes on with what it has shown', async t => {
  const file = `${await temporaryFolder(t)}/a.part`
  const keeper = await partialExamples(file, [1])
  t.is(keeper.kept, undefined)
  const whole = recorded()
  await keeper.keep({
    adversarial: new Float32Array(3),
    queries: new Float32Array(3),
    brokenBy: new Float32Array(3),
    recorded: whole,
  })
  const { kept } = await partialExamples(file, [1])
  t.deepEqual(kept!.recorded, [...whole])
  const again = createRecorder(4, 'pgd', kept!.recorded)
  again.batch(3).see([0], seen(1, [3], [0]))
  const [{ losses, brokenAt }] = again.recorded as [(typeof whole)[0]]
  t.deepEqual([...losses.subarray(0, 12)], [...whole[0]!.losses])
  t.deepEqual([...losses.subarray(12)], [3, 3, 3, 3])
  t.deepEqual([...brokenAt], [2, 0, 1, 0])
})
