import type { PlanInput } from '../plan.ts'

const schedule = { name: 'cosine', floor: 0.02 } as const

/**
 * The plan for a data set of 28x28 images: mlp and lenet, all arms, three seeds, FGSM, PGD,
 * transfer and natural corruptions.
 */
export function images28(name: string, data: string): PlanInput {
  return {
    name,
    description: `all of ${data}, mlp and lenet, three seeds; a few hours on two cores`,
    models: [
      {
        data: { name: data },
        architecture: { name: 'mlp', hidden: [128, 64] },
        training: {
          epochs: 8,
          batch: 50,
          learningRate: 0.002,
          schedule,
        },
        arms: [{ name: 'bp' }, { name: 'bp-noise' }, { name: 'lr-logit', copies: 8 }],
        seeds: [0, 1, 2],
      },
      {
        data: { name: data },
        architecture: { name: 'lenet' },
        training: {
          epochs: 5,
          batch: 50,
          learningRate: 0.002,
          schedule,
        },
        arms: [{ name: 'bp' }, { name: 'bp-noise' }, { name: 'lr-logit', copies: 2 }],
        seeds: [0, 1, 2],
      },
    ],
    attacks: [
      { attack: { name: 'fgsm', norm: 'linf' }, epsilons: [0.1, 0.2, 0.3] },
      { attack: { name: 'pgd', norm: 'linf' }, epsilons: [0.1, 0.2, 0.3] },
      { attack: { name: 'pgd', norm: 'l2' }, epsilons: [1, 2] },
    ],
    examples: 1000,
    transfer: 'same-seed',
    corruptions: {},
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
