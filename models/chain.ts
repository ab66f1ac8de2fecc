import { tf } from '../src/engine/tf.ts'
import { tidied } from '../src/engine/tidied.ts'
import type { Affine } from './affine.ts'
import type { Network, Parameters, Prefix, Site } from './network.ts'

/** One site of a chain and what follows it up to the next. */
export interface Stage {
  readonly name: string
  readonly affine: Affine
  /**
   * From the pre-activation to the next site's state; the last stage gives the logits.
   *
   * @param state this site's state; only its first tensor is what the affine map saw
   */
  after(v: tf.Tensor, state: readonly tf.Tensor[]): readonly tf.Tensor[]
  /** Whether `after` reads its second argument (a skip connection ends here or passes by). */
  readonly readsState?: boolean
}

/** The network that runs these stages one after the other. */
export function chain(
  inputShape: Network['inputShape'],
  prepare: (x: tf.Tensor) => tf.Tensor,
  stages: readonly Stage[],
): Network {
  const sites: readonly Site[] = stages.map(({ name, affine }, index) => ({
    name,
    index,
    kind: affine.kind,
    parameters: affine.parameters.map(spec => spec.name),
    shape: affine.shape,
  }))
  const at = (index: number, parameters: Parameters, state: readonly tf.Tensor[]): Prefix => ({
    site: sites[index]!,
    state,
    preactivation: stages[index]!.affine.apply(parameters, state[0]!),
  })
  /** Runs the stages from `first` to the end, given the pre-activation of the first of them. */
  const finish = (
    parameters: Parameters,
    first: number,
    preactivation: tf.Tensor,
    firstState: readonly tf.Tensor[],
  ): tf.Tensor2D => {
    let state = stages[first]!.after(preactivation, firstState)
    for (const stage of stages.slice(first + 1)) {
      state = stage.after(stage.affine.apply(parameters, state[0]!), state)
    }
    return state[0] as tf.Tensor2D
  }
  return {
    inputShape,
    classes: stages.at(-1)!.affine.shape[0]!,
    parameters: stages.flatMap(stage => stage.affine.parameters),
    sites,
    logits: (parameters, x) =>
      tf.tidy(() => {
        const input = prepare(x)
        return finish(parameters, 0, stages[0]!.affine.apply(parameters, input), [input])
      }),
    enter: (parameters, x) => tidied(() => at(0, parameters, [prepare(x)])),
    advance: (parameters, { site, state, preactivation }) =>
      tidied(() => at(site.index + 1, parameters, stages[site.index]!.after(preactivation, state))),
    affine: (parameters, { site, state }) =>
      tf.tidy(() => stages[site.index]!.affine.apply(parameters, state[0]!)),
    resume: (parameters, { site, state, preactivation }, perturbation) =>
      tf.tidy(() => {
        const stage = stages[site.index]!
        const copies = perturbation.shape[0]!
        const noisy = tf.add(preactivation, perturbation)
        const flat = tf.reshape(noisy, [-1, ...site.shape])
        const repeated = stage.readsState ? state.map(tensor => repeat(tensor, copies)) : state
        return finish(parameters, site.index, flat, repeated)
      }),
    localGradient: ({ site, state }, delta) =>
      tidied(() => stages[site.index]!.affine.localGradient(state[0]!, delta)),
  }
}

/** The batch `copies` times, one after the other. */
function repeat(tensor: tf.Tensor, copies: number): tf.Tensor {
  return tf.tile(tensor, [copies, ...Array<number>(tensor.rank - 1).fill(1)])
}
