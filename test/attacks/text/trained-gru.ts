import { createTextAttack, textAttackSchema } from '../../../attacks/text/create-text-attack.ts'
import type { TextVictim } from '../../../attacks/text/text-victim.ts'
import { architectureSchema, buildNetwork } from '../../../models/architecture.ts'
import type { Parameters } from '../../../models/network.ts'
import { topics } from '../../../src/data/text/topics.ts'
import { networkTextVictim } from '../../../src/evaluation/text-victim.ts'
import { taskOf } from '../../../src/tasks/task.ts'
import { createEstimator } from '../../../src/training/estimators/create-estimator.ts'
import { crossEntropy } from '../../../src/training/loss.ts'
import { train, trainingSchema } from '../../../src/training/train.ts'

export const dataset = topics({ train: 2000, test: 130, seed: 0 })
export const { length, vocabulary } = dataset
export const network = buildNetwork(
  architectureSchema.parse({ name: 'gru', embedding: 16, hidden: 24 }),
  taskOf(dataset).input,
)

let training: ReturnType<typeof train> | undefined

/** A gru that has learned the topics, trained by the first test of a file that asks. */
export async function trained(): Promise<TextVictim> {
  return networkTextVictim(network, await trainedParameters(), vocabulary)
}

export async function trainedParameters(): Promise<Parameters> {
  training ??= train({
    network,
    task: taskOf(dataset),
    estimator: createEstimator({ name: 'bp' }, crossEntropy),
    options: trainingSchema.parse({ epochs: 4, learningRate: 0.01, batch: 25 }),
    seed: 0,
  })
  return (await training).parameters
}

export const attackOf = (options: object, budget: number) =>
  createTextAttack(textAttackSchema.parse(options), budget)

export const textsOf = (examples: readonly number[]) =>
  examples.map(example => ({
    tokens: dataset.test.tokens.slice(example * length, (example + 1) * length),
    label: dataset.test.labels[example]!,
  }))
