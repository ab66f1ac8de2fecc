import { tf } from '../src/engine/tf.ts'
import type { Affine } from './affine.ts'
import type { PlainStage } from './chain.ts'
import { eachStep } from './through-time.ts'

/** Names of the ways from the spikes of the last hidden layer to logits. */
export const readoutNames = ['spike-count', 'membrane'] as const

export type ReadoutName = (typeof readoutNames)[number]

/** How logits are read from spikes. */
export interface Readout {
  /** From the spikes `[rows, steps, width]` to what the map takes. */
  enter(spikes: tf.Tensor): tf.Tensor
  /** The map as a site, given the one from `[rows, width]` to `[rows, classes]`. */
  affine(dense: Affine): Affine
  /** From the site's pre-activation to the logits. */
  readonly after: PlainStage['after']
}

/**
 * The readout of this name.
 *
 * * `spike-count`: the map of the mean of the spikes over time
 * * `membrane`: the map gives at every step the current into an integrator that leaks and never
 *   fires, `u_t = decay u_{t−1} + I_t`; the logits are the mean of u over time
 */
export function readout(
  name: ReadoutName,
  { steps, decay }: { readonly steps: number; readonly decay: number },
): Readout {
  if (name === 'spike-count') {
    return { enter: spikes => tf.mean(spikes, 1), affine: dense => dense, after: v => [v] }
  }
  const weights = meanPotentialWeights(steps, decay)
  return {
    enter: spikes => spikes,
    affine: dense => eachStep(dense, steps),
    after: v => [tf.sum(tf.mul(v, tf.tensor2d(weights, [steps, 1])), 1)],
  }
}

/**
 * What the current of each step adds to the mean potential of a leaky integrator:
 * `(1 + decay + … + decay^(steps − t)) / steps` for t = 1 … steps.
 */
function meanPotentialWeights(steps: number, decay: number): Float32Array {
  const weights = new Float32Array(steps)
  let sum = 0
  for (let step = steps - 1; step >= 0; step--) {
    sum = 1 + decay * sum
    weights[step] = sum / steps
  }
  return weights
}
