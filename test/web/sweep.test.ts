import test from 'ava'
import type { Probe } from '../../server/schemas/gradients.ts'
import { chooseSweep } from '../../web/sweep/choices.ts'
import { pointTip, sweepLines, sweepPoints } from '../../web/sweep/lines.ts'
import { measures } from '../../web/sweep/measures.ts'
import { variedBy } from '../../web/sweep/variables.ts'

const probe = (change: Partial<Probe>): Probe => ({
  id: 'p',
  model: `${change.architecture ?? 'mlp'} ${change.depth ?? 2} ${change.width ?? 8} ${change.seed ?? 0}`,
  architecture: 'mlp',
  depth: 2,
  width: 8,
  arm: 'bp',
  training: '4 epochs',
  seed: 0,
  engine: 'wasm',
  estimator: 'lr-logit',
  options: { name: 'lr-logit', noise: { sequence: 'random' } },
  copies: 4,
  sigma: 0.1,
  repeats: 20,
  batch: 50,
  site: `dense${(change.siteIndex ?? 0) + 1}`,
  siteIndex: 0,
  siteKind: 'dense',
  parameters: 10,
  referenceNorm: 1,
  variance: 4,
  relativeVariance: 4,
  cosineMean: 0.5,
  cosineSd: 0.1,
  cosineOfMean: 0.9,
  biasClean: { value: 0.1, resolution: 0.2 },
  referenceCopies: 64,
  smoothedNorm: 1,
  cosineSmoothed: 0.6,
  biasSmoothed: { value: 0.4, resolution: 0.2 },
  milliseconds: 2,
  forwards: 4,
  varianceTime: 8,
  ...change,
})

/** Two depths, two widths, two seeds, two layers. */
const grid = [2, 3].flatMap(depth =>
  [8, 16].flatMap(width =>
    [0, 1].flatMap(seed =>
      [0, 1].map(siteIndex => {
        const relativeVariance = depth * width * (seed + 1) * (siteIndex === 0 ? 4 : 1)
        return probe({ depth, width, seed, siteIndex, relativeVariance })
      }),
    ),
  ),
)

const choose = (query: string, probes: readonly Probe[] = grid) =>
  chooseSweep(new URLSearchParams(query), probes)

const near = (found: number, expected: number) => Math.abs(found - expected) < 1e-9 * expected

test('against depth there is a line for each width, the mean over layers and seeds', t => {
  const choices = choose('')
  t.is(choices.axis, 'depth')
  const lines = sweepLines(choices)
  t.deepEqual(
    lines.map(line => line.label),
    ['width 8', 'width 16'],
  )
  t.is(new Set(lines.map(line => line.family)).size, 1)
  const points = sweepPoints(lines[1]!, choices, measures.variance)
  t.deepEqual(
    points.map(point => point.x),
    [2, 3],
  )
  // Geometric: √(4 · 1) over the layers, √(1 · 2) over the seeds.
  t.true(near(points[0]!.value, 2 * 16 * 2 * Math.SQRT2))
  t.true(near(points[0]!.seeds[0]!, 2 * 16 * 2))
  t.true(near(points[0]!.seeds[1]!, 2 * 16 * 4))
  t.like(points[0], { layers: 2, repeats: 20, low: null })
})

test('one layer, one width, another axis: what the address says', t => {
  const first = choose('layers=first&at-width=8')
  const [line] = sweepLines(first)
  t.is(line!.label, 'likelihood ratio')
  t.true(near(sweepPoints(line!, first, measures.variance)[0]!.seeds[0]!, 2 * 8 * 4))
  const byLayer = choose('x=layer&at-depth=3')
  t.is(byLayer.along, null)
  const layers = sweepPoints(sweepLines(byLayer)[0]!, byLayer, measures.variance)
  t.deepEqual(
    layers.map(point => point.x),
    [1, 2],
  )
})

test('against time, points follow what makes an estimate longer', t => {
  const probes = [2, 4, 8].map(copies => probe({ copies, milliseconds: 10 / copies }))
  const choices = choose('x=time', probes)
  t.is(choices.along, 'copies')
  const points = sweepPoints(sweepLines(choices)[0]!, choices, measures.variance)
  t.deepEqual(
    points.map(({ x, place }) => [Number(x.toFixed(9)), place]),
    [
      [1.25, 8],
      [2.5, 4],
      [5, 2],
    ],
  )
  t.regex(
    pointTip(points[0]!, choices).join(),
    /^copies 8: 4\.00,1 seed, 1 layer, 1\.25 ms a layer$/,
  )
})

test('a mean cosine has the interval of its repeats, over layers and seeds', t => {
  const choices = choose('')
  const [point] = sweepPoints(sweepLines(choices)[0]!, choices, measures.cosine)
  t.is(point!.value, 0.5)
  // Four independent means of 20, each of standard deviation 0.1.
  t.true(near(point!.high! - 0.5, (1.96 * 0.1) / Math.sqrt(20 * 4)))
})

test('a bias below its resolution is a bound', t => {
  const choices = choose('')
  const [line] = sweepLines(choices)
  t.like(sweepPoints(line!, choices, measures.bias)[0], { bounded: true, text: '≤ 0.200' })
  t.like(sweepPoints(line!, choices, measures['bias-smoothed'])[0], {
    bounded: false,
    text: '0.400',
  })
})

test('what differs between architectures or estimators alone is not swept', t => {
  const probes = [
    probe({ depth: 2, copies: 2 }),
    probe({ depth: 2, copies: 4 }),
    probe({ architecture: 'lenet', depth: 4, copies: 2 }),
    probe({ estimator: 'es', sigma: 0.01, copies: 2 }),
  ]
  t.deepEqual(variedBy(probes), ['copies'])
  const choices = choose('x=depth&estimator=all', probes)
  t.is(choices.axis, 'copies')
  t.deepEqual(
    sweepLines(choices).map(line => line.label),
    ['likelihood ratio'],
    'the others have one number of copies, a point without a line',
  )
  t.is(sweepLines(choose('x=time&estimator=all', probes)).length, 3)
})

test('estimators of one name are told apart by the options that differ; engines too', t => {
  const sobol = { name: 'lr-logit', noise: { sequence: 'sobol' } }
  const probes = [2, 4].flatMap(copies => [
    probe({ copies }),
    probe({ copies, options: sobol }),
    probe({ copies, engine: 'tensorflow', model: 'other' }),
  ])
  t.deepEqual(
    sweepLines(choose('', probes)).map(line => line.label),
    [
      'likelihood ratio (sequence random), tensorflow',
      'likelihood ratio (sequence random), wasm',
      'likelihood ratio (sequence sobol), wasm',
    ],
  )
})

test('of what was measured twice, the one with a smoothed gradient counts', t => {
  const twice = [2, 4].flatMap(copies => [
    probe({ copies, referenceCopies: null, relativeVariance: 100 }),
    probe({ copies, relativeVariance: 9 }),
  ])
  const choices = choose('', twice)
  const points = sweepPoints(sweepLines(choices)[0]!, choices, measures.variance)
  t.deepEqual(
    points.map(point => Number(point.value.toFixed(9))),
    [9, 9],
  )
})
