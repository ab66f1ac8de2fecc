import type { PlanInput } from '../../src/plans/plan.ts'
import { newFolder } from '../folder.ts'
import { gauntlet, planFile } from '../runner/command.ts'

/** Examples that every model of the fixture is attacked on. */
export const attacked = 10

/** Seconds of work: images on an mlp and on spiking networks, texts, a graph. */
const plan: PlanInput = {
  name: 'gallery',
  models: [
    {
      data: { name: 'glyphs', train: 200, test: 20 },
      architecture: { name: 'mlp', hidden: [12] },
      training: { epochs: 3, batch: 20, learningRate: 0.02, curvePoints: 1, curveExamples: 0 },
      arms: [{ name: 'bp' }, { name: 'lr-logit', copies: 4 }],
    },
    {
      data: { name: 'glyphs', train: 200, test: 20 },
      architecture: { name: 'snn', hidden: [12, 10], steps: 5 },
      training: { epochs: 8, batch: 20, learningRate: 0.02, curvePoints: 1, curveExamples: 0 },
      arms: [{ name: 'bp' }],
    },
    {
      data: { name: 'topics', train: 400, test: 20 },
      architecture: { name: 'gru', embedding: 8, hidden: 8 },
      training: { epochs: 6, batch: 20, learningRate: 0.03, curvePoints: 1, curveExamples: 0 },
      arms: [{ name: 'bp' }, { name: 'lr-logit', copies: 4 }],
    },
    {
      data: { name: 'citations' },
      architecture: { name: 'gcn', hidden: [8] },
      training: { epochs: 20, learningRate: 0.05, curvePoints: 1, curveExamples: 0 },
      arms: [{ name: 'bp' }],
    },
  ],
  attacks: [
    { attack: { name: 'fgsm' }, epsilons: [0.1, 0.2] },
    { attack: { name: 'hotflip' }, epsilons: [0.2] },
    { attack: { name: 'nettack' }, epsilons: [1] },
  ],
  examples: attacked,
}

/** A new results folder that the real command filled. */
export async function galleryFolder(): Promise<string> {
  const folder = await newFolder('gallery')
  const { status, stderr, stdout } = await gauntlet(
    ...['nightly', '--plan', await planFile(folder, plan), '--results', folder],
  )
  if (status !== 0) throw new Error(`nightly failed: ${stdout}${stderr}`)
  return folder
}
