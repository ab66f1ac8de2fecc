import type { PlanInput } from '../plan.ts'

/**
 * The plan for a set of short texts: gru and lstm, three seeds. Without antithetic pairs: a feedback
 * sees another trajectory with each sign, so that twice as many noise vectors are worth more. The
 * weight decay is there for the embedding: its rare words are moved by noise alone.
 */
export function shortTexts(
  name: string,
  data: string,
  epochs: number,
  encoding?: PlanInput['models'][number]['data']['encoding'],
): PlanInput {
  const lr = { name: 'lr-logit', copies: 32, sigma: 0.05, antithetic: false } as const
  return {
    name,
    description: `gru and lstm on ${name}, three seeds`,
    models: (['gru', 'lstm'] as const).map(cell => ({
      data: { name: data, ...(encoding && { encoding }) },
      architecture: { name: cell },
      training: {
        epochs,
        batch: 32,
        learningRate: 0.01,
        weightDecay: 3e-4,
        schedule: { name: 'cosine' },
      },
      arms: [{ name: 'bp' }, lr],
      seeds: [0, 1, 2],
    })),
    attacks: [
      { attack: { name: 'hotflip' }, epsilons: [0.1, 0.2] },
      { attack: { name: 'word-substitution' }, epsilons: [0.1, 0.2] },
      { attack: { name: 'random-masking' }, epsilons: [0.1, 0.2] },
      { attack: { name: 'embedding-pgd' }, epsilons: [0.1, 0.3] },
    ],
    transfer: 'same-seed',
    examples: 500,
    probe: {
      estimators: [
        { name: 'bp-noise', copies: 8 },
        { name: 'lr-logit', copies: 8, sigma: 0.05 },
        { ...lr, copies: 8 },
        lr,
      ],
      batch: 32,
      repeats: 20,
    },
  }
}
