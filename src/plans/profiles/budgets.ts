import type { PlanInput } from '../plan.ts'

/**
 * Arms matched in three ways: by updates (which is how all other plans match them), by passes
 * forward, and by time. Where passes are equal, an estimator that needs one for an update makes many
 * more updates than one that needs seventeen.
 */
export const budgets: PlanInput = {
  name: 'budgets',
  description: 'a lenet on embedded data, arms matched by updates, by forwards and by time',
  models: [{ epochs: 10 }, { forwards: 13_600 }, { seconds: 20 }].map(budget => ({
    data: { name: 'glyphs', train: 4000, test: 1000 },
    architecture: { name: 'lenet', channels: [8, 16], hidden: 32 },
    training: {
      ...budget,
      batch: 50,
      learningRate: 0.01,
      schedule: { name: 'cosine', floor: 0.02 },
    },
    arms: [{ name: 'bp' }, { name: 'bp-noise' }, { name: 'lr-logit', copies: 4 }],
    seeds: [0, 1, 2],
  })),
  attacks: [{ attack: { name: 'pgd' }, epsilons: [0.05] }],
  transfer: 'same-seed',
  examples: 500,
}
