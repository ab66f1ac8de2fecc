import type { PlanInput } from '../plan.ts'

/**
 * The plan for a set of short texts: gru and lstm, three seeds. Without antithetic pairs: a feedback
 * sees another trajectory with each sign, so that twice as many noise vectors are worth more.
 */
export function shortTexts(
  name: string,
  data: string,
  epochs: number,
  encoding?: PlanInput['models'][number]['data']['encoding'],
): PlanInput {
  const group = (cell: 'gru' | 'lstm', learningRate: number): PlanInput['models'][number] => ({
    data: { name: data, ...(encoding && { encoding }) },
    architecture: { name: cell },
    training: { epochs, batch: 32, learningRate, schedule: { name: 'cosine' } },
    arms: [{ name: 'bp' }, { name: 'lr-logit', copies: 8, sigma: 0.05, antithetic: false }],
    seeds: [0, 1, 2],
  })
  return {
    name,
    description: `gru and lstm on ${name}, three seeds; an hour on two cores`,
    models: [group('gru', 0.01), group('lstm', 0.003)],
    examples: 500,
    probe: {
      estimators: [
        { name: 'bp-noise', copies: 8 },
        { name: 'lr-logit', copies: 8, sigma: 0.05 },
        { name: 'lr-logit', copies: 8, sigma: 0.05, antithetic: false },
        { name: 'lr-logit', copies: 32, sigma: 0.05, antithetic: false },
      ],
      batch: 32,
      repeats: 20,
    },
  }
}
