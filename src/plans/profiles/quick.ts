import type { PlanInput } from '../plan.ts'

const data = { name: 'glyphs', train: 4000, test: 1000 }

/** The main job: embedded data, no network, a few minutes on two cores. */
export const quick: PlanInput = {
  name: 'quick',
  description: 'embedded data: mlp, cnn, rnn, gnn and snn; a few minutes on two cores',
  models: [
    {
      data,
      architecture: { name: 'mlp', hidden: [64] },
      training: {
        epochs: 40,
        batch: 50,
        learningRate: 0.01,
        schedule: { name: 'cosine', floor: 0.02 },
      },
      arms: [{ name: 'bp' }, { name: 'bp-noise' }, { name: 'lr-logit', copies: 32 }],
    },
    {
      data,
      architecture: { name: 'lenet', channels: [8, 16], hidden: 32 },
      training: {
        epochs: 12,
        batch: 50,
        learningRate: 0.01,
        schedule: { name: 'cosine', floor: 0.02 },
      },
      arms: [{ name: 'bp' }, { name: 'bp-noise' }, { name: 'lr-logit', copies: 4 }],
    },
    {
      data: { name: 'topics' },
      architecture: { name: 'gru', embedding: 16, hidden: 16 },
      training: { epochs: 6, batch: 32, learningRate: 0.02, schedule: { name: 'cosine' } },
      arms: [
        { name: 'bp' },
        { name: 'bp-noise' },
        { name: 'lr-logit', copies: 16, antithetic: false },
      ],
    },
    {
      data: { name: 'citations' },
      architecture: { name: 'gcn' },
      training: { epochs: 200, learningRate: 0.01, weightDecay: 5e-4 },
      arms: [{ name: 'bp' }, { name: 'bp-noise' }, { name: 'lr-logit', copies: 8 }],
    },
    {
      data,
      architecture: { name: 'snn', hidden: [64], steps: 4 },
      training: {
        epochs: 24,
        batch: 50,
        learningRate: 0.005,
        schedule: { name: 'cosine', floor: 0.02 },
      },
      arms: [
        { name: 'bp' },
        { name: 'bp-heaviside' },
        { name: 'lr-logit', copies: 32, sigma: 0.5 },
      ],
    },
  ],
  attacks: [
    { attack: { name: 'fgsm', norm: 'linf' }, epsilons: [0.02, 0.05, 0.1] },
    { attack: { name: 'pgd', norm: 'linf', restarts: 2 }, epsilons: [0.02, 0.05, 0.1] },
    { attack: { name: 'pgd', norm: 'l2', restarts: 2 }, epsilons: [0.25, 0.5, 1] },
    { attack: { name: 'hotflip' }, epsilons: [0.1, 0.2], examples: 200 },
    { attack: { name: 'word-substitution' }, epsilons: [0.1, 0.2], examples: 200 },
    { attack: { name: 'dice' }, epsilons: [0.1], settings: ['evasion', 'poisoning'] },
    { attack: { name: 'pgd-topology', steps: 20 }, epsilons: [0.1] },
  ],
  examples: 500,
  transfer: 'all',
  corruptions: {
    names: ['gaussian-noise', 'impulse-noise', 'motion-blur', 'fog', 'contrast', 'rotation'],
    severities: [1, 3, 5],
    examples: 200,
  },
  probe: {
    estimators: [
      { name: 'bp-noise', copies: 4 },
      { name: 'lr-logit', copies: 4 },
      { name: 'lr-logit', copies: 32 },
    ],
    batch: 50,
    repeats: 20,
  },
}
