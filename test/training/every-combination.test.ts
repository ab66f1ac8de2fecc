import test from 'ava'
import { createEstimator, estimatorSchema } from '../../src/training/estimators/create-estimator.ts'
import { leavesNoTensors, useEngine } from '../with-engine.ts'
import { layerFixture, layers, quadratic, repeat } from './estimator-fixtures.ts'

useEngine()

const estimates = 250

/** Every combination of the variance reductions that go together. */
const combinations = [true, false].flatMap(antithetic =>
  ['none', 'clean', 'leave-one-out'].flatMap(baseline =>
    ['random', 'sobol', 'halton', 'latin-hypercube']
      .map(sequence => ({ copies: 4, antithetic, baseline, noise: { sequence } }))
      .filter(options => estimatorSchema.safeParse({ name: 'es', ...options }).success),
  ),
)

const arms = [
  ...[true, false].flatMap(layerWise =>
    [true, false].map(localCredit => ({ name: 'lr-logit', sigma: 0.3, layerWise, localCredit })),
  ),
  { name: 'es', sigma: 0.3 },
]

for (const [name, network] of Object.entries(layers)) {
  for (const arm of arms) {
    test.serial(
      `${name}, ${JSON.stringify(arm)}: in all ${combinations.length} combinations the mean of ` +
        `${estimates} estimates is the closed form`,
      leavesNoTensors(t => {
        const { parameters, batch, truth, dispose } = layerFixture(network)
        for (const combination of combinations) {
          const options = estimatorSchema.parse({ ...arm, ...combination })
          const estimator = createEstimator(options, quadratic)
          const found = repeat(estimator, network, parameters, batch, estimates)
          found.forEach(({ mean, error }, at) => {
            const deviation = (mean - truth[at]!) / error
            // 17 combinations of 8 or 19 entries: one in 10 000 tests would see more by chance.
            t.true(Math.abs(deviation) < 5.2, `${JSON.stringify(combination)}, ${at}: ${deviation}`)
          })
        }
        dispose()
      }),
    )
  }
}
