import type { PlanInput } from '../plan.ts'

const training = {
  epochs: 6,
  batch: 50,
  learningRate: 0.002,
  schedule: { name: 'cosine', floor: 0.02 },
} as const

/**
 * The plan that asks whether one arm is more robust than another on a data set of 28x28 images: mlp
 * and a small lenet from five seeds, PGD and AutoAttack next to transfer.
 *
 * @param epsilons L∞ radii; AutoAttack, which is slow on what it cannot break, runs at the first
 */
export function robustness28(name: string, data: string, epsilons: number[]): PlanInput {
  return {
    name,
    description: `is one arm more robust on ${data}? five seeds, PGD, AutoAttack, transfer; two hours`,
    models: [
      {
        data: { name: data, train: 20_000 },
        architecture: { name: 'mlp', hidden: [128, 64] },
        training,
        arms: [{ name: 'bp' }, { name: 'bp-noise' }, { name: 'lr-logit', copies: 8 }],
        seeds: [0, 1, 2, 3, 4],
      },
      {
        data: { name: data, train: 20_000 },
        architecture: { name: 'lenet', channels: [8, 16], hidden: 32 },
        training,
        arms: [{ name: 'bp' }, { name: 'bp-noise' }, { name: 'lr-logit', copies: 2 }],
        seeds: [0, 1, 2, 3, 4],
      },
    ],
    attacks: [
      { attack: { name: 'fgsm', norm: 'linf' }, epsilons },
      { attack: { name: 'pgd', norm: 'linf' }, epsilons },
      {
        attack: { name: 'autoattack', norm: 'linf' },
        epsilons: epsilons.slice(0, 1),
        examples: 100,
      },
    ],
    examples: 1000,
    transfer: 'same-seed',
  }
}
