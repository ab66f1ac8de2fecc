import type { PlanInput } from '../plan.ts'

const data = { name: 'glyphs', train: 2000, test: 500 }
const training = { epochs: 4, batch: 50, learningRate: 0.005 }

/** Gradients against copies and σ, on the embedded data. */
export const probeQuick: PlanInput = {
  name: 'probe-quick',
  description: 'gradients of mlp and lenet, 2 to 32 copies, σ 0.01 to 1; a minute on two cores',
  models: [
    { data, architecture: { name: 'mlp', hidden: [64] }, training, arms: [{ name: 'bp' }] },
    {
      data,
      architecture: { name: 'lenet', channels: [8, 16], hidden: 32 },
      training,
      arms: [{ name: 'bp' }],
    },
  ],
  examples: 0,
  probe: {
    estimators: [{ name: 'bp-noise' }, { name: 'lr-logit' }],
    sweep: { copies: [2, 4, 8, 16, 32], sigma: [0.01, 0.1, 1] },
    batch: 50,
    repeats: 20,
    reference: { copies: 256 },
  },
}
