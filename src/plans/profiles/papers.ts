import type { PlanInput } from '../plan.ts'

const attacks: PlanInput['attacks'] = [
  { attack: { name: 'fgsm' }, epsilons: [8 / 255, 0.1] },
  { attack: { name: 'pgd' }, epsilons: [2 / 255, 8 / 255] },
]

const training = {
  epochs: 100,
  batch: 100,
  learningRate: 1e-3,
  schedule: { name: 'step', factor: 0.8, epochs: 10 },
} as const

/**
 * The published setting of ResNet-5: noise on the weights of the first two convolutions, on the
 * pre-activations behind them, hundreds of copies.
 *
 * @see arXiv 2305.08960
 */
export const paperResnet5: PlanInput = {
  name: 'paper-resnet5',
  description: 'CIFAR-10, ResNet-5 with the published copies and noise: weeks on two cores',
  models: [
    {
      data: { name: 'cifar10' },
      architecture: { name: 'resnet5' },
      training,
      arms: [
        { name: 'bp' },
        { name: 'bp-noise' },
        {
          name: 'lr-hybrid',
          inject: ['weight', 'weight', 'logit', 'logit', 'logit'],
          copies: [800, 800, 800, 800, 100],
          sigma: [1e-3, 1e-3, 0.1, 0.1, 0.1],
        },
      ],
    },
  ],
  attacks,
  examples: 1000,
}

/** The published setting of VGG-8, see `paperResnet5`. */
export const paperVgg8: PlanInput = {
  name: 'paper-vgg8',
  description: 'CIFAR-10, VGG-8 with the published copies and noise: weeks on two cores',
  models: [
    {
      data: { name: 'cifar10' },
      architecture: { name: 'vgg8' },
      training,
      arms: [
        { name: 'bp' },
        { name: 'bp-noise' },
        {
          name: 'lr-hybrid',
          inject: [...Array<'weight'>(4).fill('weight'), ...Array<'logit'>(4).fill('logit')],
          copies: [100, 200, 400, 800, 400, 200, 100, 50],
          sigma: [1e-3, 1e-3, 1e-3, 1e-3, 1e-2, 1e-2, 1e-2, 1e-2],
        },
      ],
    },
  ],
  attacks,
  examples: 1000,
}

/** What two cores can do in hours: few copies, noise on pre-activations, augmented images. */
export const cifar10: PlanInput = {
  name: 'cifar10',
  description: 'CIFAR-10, ResNet-5, three seeds, few copies; hours on two cores',
  models: [
    {
      data: { name: 'cifar10' },
      architecture: { name: 'resnet5' },
      training: {
        epochs: 10,
        batch: 50,
        learningRate: 0.002,
        schedule: { name: 'cosine', floor: 0.02 },
        augmentation: { crop: 4, flip: true },
      },
      arms: [{ name: 'bp' }, { name: 'bp-noise' }, { name: 'lr-logit', copies: 8 }],
      seeds: [0, 1, 2],
    },
  ],
  attacks,
  transfer: 'same-seed',
  examples: 1000,
  corruptions: {},
}
