import type { PlanInput } from '../plan.ts'

const data = { name: 'glyphs', train: 2000, test: 500 }
const arms: PlanInput['models'][number]['arms'] = [{ name: 'bp' }]

/** Gradients against depth and width, on the embedded data. */
export const probeDepthWidth: PlanInput = {
  name: 'probe-depth-width',
  description: 'gradients of mlps and resnets of growing depth and width; ten minutes on two cores',
  models: [
    {
      data,
      architecture: { name: 'mlp' },
      vary: { depth: [1, 2, 4, 8], width: [32, 64, 128, 256] },
      training: { epochs: 4, batch: 50, learningRate: 0.002 },
      arms,
      seeds: [0, 1, 2],
    },
    {
      data,
      architecture: { name: 'resnet', width: 4 },
      vary: { depth: [5, 8, 11, 14, 20] },
      training: { epochs: 3, batch: 50, learningRate: 0.002 },
      arms,
      seeds: [0, 1, 2],
    },
  ],
  examples: 0,
  probe: {
    estimators: [
      { name: 'lr-logit', copies: 16, sigma: 0.1 },
      { name: 'lr-weight', copies: 16, sigma: 0.01 },
    ],
    batch: 50,
    repeats: 20,
    reference: { copies: 128 },
  },
}
