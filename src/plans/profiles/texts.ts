import type { PlanInput } from '../plan.ts'

/** The plan for a set of short texts: gru and lstm, three seeds. */
export function shortTexts(name: string, data: string, epochs: number): PlanInput {
  const training = {
    epochs,
    batch: 32,
    learningRate: 0.003,
    schedule: { name: 'cosine', floor: 0.02 },
  } as const
  return {
    name,
    description: `gru and lstm on ${name}, three seeds`,
    models: (['gru', 'lstm'] as const).map(cell => ({
      data: { name: data },
      architecture: { name: cell },
      training,
      arms: [{ name: 'bp' }, { name: 'lr-logit', copies: 8, sigma: 0.1 }],
      seeds: [0, 1, 2],
    })),
    examples: 500,
    probe: {
      estimators: [
        { name: 'bp-noise', copies: 8 },
        { name: 'lr-logit', copies: 8 },
        { name: 'lr-logit', copies: 32 },
      ],
      batch: 32,
      repeats: 20,
    },
  }
}
