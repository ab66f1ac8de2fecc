import type { PlanInput } from '../plan.ts'
import { images28 } from './images28.ts'

/**
 * The plan that asks whether one arm is more robust than another on a data set of 28x28 images: the
 * models of `images28` from five seeds, PGD and AutoAttack next to transfer.
 *
 * @param epsilons L∞ radii: the first where models differ most
 */
export function robustness28(name: string, data: string, epsilons: number[]): PlanInput {
  const { models } = images28(name, data)
  return {
    name,
    description: `is one arm more robust on ${data}? mlp and lenet, five seeds, PGD and AutoAttack`,
    models: models.map(group => ({ ...group, seeds: [0, 1, 2, 3, 4] })),
    attacks: [
      { attack: { name: 'fgsm', norm: 'linf' }, epsilons },
      { attack: { name: 'pgd', norm: 'linf' }, epsilons },
      { attack: { name: 'autoattack', norm: 'linf' }, epsilons, examples: 200 },
    ],
    examples: 1000,
    transfer: 'same-seed',
  }
}
