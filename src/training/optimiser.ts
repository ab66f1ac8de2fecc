import { z } from 'zod'
import type { Parameters } from '../../models/network.ts'
import { tf } from '../engine/tf.ts'

/** How a gradient changes the parameters. */
export const optimiserSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('sgd') }),
  z.strictObject({ name: z.literal('momentum'), momentum: z.number().min(0).lt(1).default(0.9) }),
  z.strictObject({
    name: z.literal('adam'),
    beta1: z.number().min(0).lt(1).default(0.9),
    beta2: z.number().min(0).lt(1).default(0.999),
    stabiliser: z.number().positive().default(1e-8),
  }),
])

export type OptimiserOptions = z.infer<typeof optimiserSchema>

export interface Optimiser {
  /** Parameters after one step; the old ones are left alone, the new ones belong to the caller. */
  step(parameters: Parameters, gradients: Parameters, learningRate: number): Parameters
  /** Frees the moments. */
  dispose(): void
}

/** What one rule computes for one parameter: the direction to go, and its moments afterwards. */
type Rule = (
  gradient: tf.Tensor,
  moments: readonly tf.Tensor[],
  step: number,
) => { direction: tf.Tensor; moments: tf.Tensor[] }

/**
 * The optimiser of this name, with zero moments.
 *
 * @see momentum: Polyak 1964, `m ← μ m + g`; Adam: Kingma and Ba 2015, with bias correction
 */
export function createOptimiser(options: OptimiserOptions): Optimiser {
  const rule = ruleOf(options)
  const moments = new Map<string, tf.Tensor[]>()
  let steps = 0
  return {
    step(parameters, gradients, learningRate) {
      steps++
      const updated: Record<string, tf.Tensor> = {}
      for (const [name, value] of Object.entries(parameters)) {
        const before = moments.get(name) ?? []
        const [next, after] = tf.tidy(() => {
          const result = rule(gradients[name]!, before, steps)
          return [tf.sub(value, tf.mul(result.direction, learningRate)), result.moments]
        }) as [tf.Tensor, tf.Tensor[]]
        tf.dispose(before)
        moments.set(name, after)
        updated[name] = next
      }
      return updated
    },
    dispose() {
      tf.dispose([...moments.values()].flat())
      moments.clear()
    },
  }
}

function ruleOf(options: OptimiserOptions): Rule {
  switch (options.name) {
    case 'sgd':
      return gradient => ({ direction: gradient, moments: [] })
    case 'momentum':
      return (gradient, [velocity]) => {
        const next = velocity ? tf.add(tf.mul(velocity, options.momentum), gradient) : gradient
        return { direction: next, moments: [tf.clone(next)] }
      }
    case 'adam':
      return (gradient, [first, second], step) => {
        const { beta1, beta2, stabiliser } = options
        const mean = blend(first, gradient, beta1)
        const square = blend(second, tf.square(gradient), beta2)
        const corrected = tf.div(mean, 1 - beta1 ** step)
        const scale = tf.sqrt(tf.div(square, 1 - beta2 ** step))
        return { direction: tf.div(corrected, tf.add(scale, stabiliser)), moments: [mean, square] }
      }
  }
}

/** `β · before + (1 − β) · now`, where nothing before is zero. */
function blend(before: tf.Tensor | undefined, now: tf.Tensor, beta: number): tf.Tensor {
  const fresh = tf.mul(now, 1 - beta)
  return before ? tf.add(tf.mul(before, beta), fresh) : fresh
}
