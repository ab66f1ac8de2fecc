import test from 'ava'
import { variantNames } from '../../src/plans/variants.ts'

test('configurations are named by what is unusual about them', t => {
  const usual = { name: 'lr-logit', copies: 4, noise: { sequence: 'random' } }
  t.deepEqual(
    variantNames([
      usual,
      { ...usual, copies: [2, 8] },
      { ...usual, noise: { sequence: 'sobol' } },
      { ...usual, localCredit: false },
    ]),
    ['', 'copies 2 8', 'noise.sequence sobol', 'localCredit false'],
  )
  t.deepEqual(variantNames([usual]), [''])
  t.deepEqual(variantNames([]), [])
})
