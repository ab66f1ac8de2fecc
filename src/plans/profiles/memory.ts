import type { PlanInput } from '../plan.ts'

const training = {
  epochs: 10,
  batch: 50,
  schedule: { name: 'cosine', floor: 0.02 },
  clipNorm: 1,
} as const

/**
 * Long memory: what is to be recalled stands 49 steps before the answer (`copy`), or two digits are
 * to be added that stand anywhere in 50 (`adding`). The gradient is measured at every step.
 */
export const memory: PlanInput = {
  name: 'memory',
  description: 'copy and adding over 50 steps, elman and gru, gradients by time step',
  models: (['copy', 'adding'] as const).flatMap(name =>
    (['elman', 'gru'] as const).map(cell => ({
      data: { name },
      architecture: { name: cell, embedding: 16 },
      training: { ...training, learningRate: cell === 'gru' ? 0.01 : 0.003 },
      arms: [{ name: 'bp' }, { name: 'bp-noise' }, { name: 'lr-logit', copies: 8 }],
      seeds: [0, 1, 2],
    })),
  ),
  examples: 1000,
  probe: {
    estimators: [{ name: 'lr-logit', copies: 64 }],
    batch: 50,
    repeats: 40,
    steps: true,
  },
}
