import type { PlanInput } from '../plan.ts'

/** The plan for a data set of 28x28 images: mlp and lenet, all arms, FGSM, PGD and transfer. */
export function images28(name: string, data: string): PlanInput {
  return {
    name,
    description: `all of ${data}, mlp and lenet; about half an hour on two cores`,
    models: [
      {
        data: { name: data },
        architecture: { name: 'mlp', hidden: [128, 64] },
        training: {
          epochs: 8,
          batch: 50,
          learningRate: 0.002,
          schedule: { name: 'cosine', floor: 0.02 },
        },
        arms: [{ name: 'bp' }, { name: 'bp-noise' }, { name: 'lr-logit', copies: 8 }],
      },
      {
        data: { name: data },
        architecture: { name: 'lenet' },
        training: {
          epochs: 5,
          batch: 50,
          learningRate: 0.002,
          schedule: { name: 'cosine', floor: 0.02 },
        },
        arms: [{ name: 'bp' }, { name: 'bp-noise' }, { name: 'lr-logit', copies: 2 }],
      },
    ],
    attacks: [
      { attack: { name: 'fgsm', norm: 'linf' }, epsilons: [0.1, 0.2, 0.3] },
      { attack: { name: 'pgd', norm: 'linf' }, epsilons: [0.1, 0.2, 0.3] },
      { attack: { name: 'pgd', norm: 'l2' }, epsilons: [1, 2] },
    ],
    examples: 1000,
    transfer: 'all',
    probe: {
      estimators: [
        { name: 'bp-noise', copies: 2 },
        { name: 'lr-logit', copies: 2 },
        { name: 'lr-logit', copies: 16 },
      ],
      batch: 50,
      repeats: 20,
    },
  }
}
