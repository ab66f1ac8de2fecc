import { tf } from '../../engine/tf.ts'
import { tidied } from '../../engine/tidied.ts'
import { crossEntropy, type Loss } from '../loss.ts'
import type { Estimator } from './estimator.ts'
import { copyOf } from './likelihood-ratio.ts'
import { objective } from './objective.ts'
import { extraPasses, scoreFunction } from './score-function.ts'
import { type Injection, requireCopies, sigmaAt, type Weighing } from './smoothing.ts'

export interface EvolutionStrategiesOptions extends Injection, Weighing {
  readonly copies: number
  readonly sigma: number
}

/**
 * Evolution strategies: noise on all parameters at once, drawn for every copy of the batch anew.
 *
 *     ∂J/∂θ = the gradient of E[mean L(θ + σ E)]  (see `scoreFunction`)
 *
 * @param loss needs no derivative
 * @see Salimans et al., "Evolution strategies as a scalable alternative to reinforcement learning",
 *   2017
 */
export function evolutionStrategies(
  options: EvolutionStrategiesOptions,
  loss: Loss = crossEntropy,
): Estimator {
  requireCopies(options.copies, options)
  return {
    estimate: (network, parameters, batch, noise) => {
      const specs = network.parameters
      const meanLoss = (values: Readonly<Record<string, tf.Tensor>>) =>
        tf.tidy(() => objective(loss, network.logits(values, batch.x), batch))
      const gradients = tidied(() => {
        const found = scoreFunction(
          { ...options, sigma: sigmaAt(options, { index: 0 }, noise) },
          {
            name: 'parameters',
            units: 1,
            shapes: specs.map(({ shape }) => shape),
            credits(perturbations) {
              const copies = Array.from({ length: perturbations[0]!.shape[0]! }, (_, copy) =>
                tf.tidy(() => {
                  const moved = specs.map(({ name }, at) => [
                    name,
                    tf.add(parameters[name]!, copyOf(perturbations[at]!, copy)),
                  ])
                  return meanLoss(Object.fromEntries(moved))
                }),
              )
              return tf.reshape(tf.stack(copies), [-1, 1])
            },
          },
          noise,
        )
        return Object.fromEntries(
          specs.map(({ name }, at) => [name, tf.squeeze(found.shifts[at]!, [0])]),
        )
      })
      const forwards = 1 + options.copies + extraPasses(options)
      return { loss: meanLoss(parameters), gradients, forwards }
    },
  }
}
