import type { PlanInput } from '../plan.ts'

const lr = { name: 'lr-logit', copies: 8, sigma: 0.1 } as const

/**
 * The plan for a citation graph: gcn and gat, three seeds; the likelihood ratio with local credit
 * and, on the gcn, without.
 *
 * @see Kipf and Welling, "Semi-supervised classification with graph convolutional networks", 2017
 * @see Veličković et al., "Graph attention networks", 2018
 */
export function citationGraph(name: string): PlanInput {
  const training = { epochs: 400, learningRate: 0.01, weightDecay: 5e-4 }
  return {
    name,
    description: `gcn and gat on ${name}, three seeds`,
    models: [
      {
        data: { name },
        architecture: { name: 'gcn' },
        training,
        arms: [{ name: 'bp' }, { name: 'bp-noise' }, lr, { ...lr, localCredit: false }],
        seeds: [0, 1, 2],
      },
      {
        data: { name },
        architecture: { name: 'gat' },
        training,
        arms: [{ name: 'bp' }, lr],
        seeds: [0, 1, 2],
      },
    ],
    attacks: [
      {
        attack: { name: 'dice' },
        epsilons: [0.05, 0.1],
        settings: ['evasion', 'poisoning'],
      },
      { attack: { name: 'feature-flip' }, epsilons: [0.01, 0.05] },
      { attack: { name: 'nettack' }, epsilons: [1], examples: 40 },
    ],
    transfer: 'same-seed',
    examples: 1000,
    probe: {
      estimators: [{ name: 'bp-noise', copies: 8 }, lr, { ...lr, localCredit: false }],
      batch: 120,
      repeats: 20,
    },
  }
}
