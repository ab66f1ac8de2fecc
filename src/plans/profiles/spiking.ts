import type { PlanInput } from '../plan.ts'

/**
 * Spiking neurons on MNIST: backprop through surrogate gradients, through the true derivative (which
 * is zero, so that only the readout learns), and the likelihood ratio on the true spikes.
 */
export const spiking: PlanInput = {
  name: 'spiking',
  description: 'MNIST with spiking neurons, three seeds; an hour on two cores',
  models: [
    {
      data: { name: 'mnist' },
      architecture: { name: 'snn' },
      training: {
        epochs: 5,
        batch: 100,
        learningRate: 0.003,
        schedule: { name: 'cosine', floor: 0.02 },
      },
      arms: [
        { name: 'bp' },
        { name: 'bp-heaviside' },
        { name: 'lr-logit', copies: 32, sigma: 0.5 },
      ],
      seeds: [0, 1, 2],
    },
  ],
  attacks: [
    { attack: { name: 'fgsm' }, epsilons: [0.1, 0.2] },
    { attack: { name: 'pgd' }, epsilons: [0.05, 0.1] },
  ],
  transfer: 'same-seed',
  examples: 500,
}
