import type { EstimatorInput } from '../../training/estimators/create-estimator.ts'
import type { PlanInput } from '../plan.ts'

/** The likelihood ratio with every variance reduction, and with each of them off. */
function variants(copies: number) {
  const lr = { name: 'lr-logit', copies } as const
  const single = { ...lr, antithetic: false } as const
  return [
    lr,
    single,
    { ...single, baseline: 'none' },
    { ...lr, layerWise: false },
    { ...lr, localCredit: false },
    { ...lr, noise: { sequence: 'sobol' } },
  ] satisfies EstimatorInput[]
}

/** What each variance reduction is worth, in variance and in accuracy, on embedded data. */
export const ablation: PlanInput = {
  name: 'ablation',
  description: 'each variance reduction off, lenet and gcn on embedded data, three seeds',
  models: [
    {
      data: { name: 'glyphs', train: 4000, test: 1000 },
      architecture: { name: 'lenet', channels: [8, 16], hidden: 32 },
      training: {
        epochs: 10,
        batch: 50,
        learningRate: 0.01,
        schedule: { name: 'cosine', floor: 0.02 },
      },
      arms: [{ name: 'bp' }, ...variants(4)],
      seeds: [0, 1, 2],
    },
    {
      data: { name: 'citations' },
      architecture: { name: 'gcn' },
      training: { epochs: 200, learningRate: 0.01, weightDecay: 5e-4 },
      arms: [{ name: 'bp' }, ...variants(8)],
      seeds: [0, 1, 2],
    },
  ],
  examples: 500,
  probe: { estimators: variants(8), batch: 50, repeats: 20 },
}
