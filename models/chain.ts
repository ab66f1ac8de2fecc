import { tf } from '../src/engine/tf.ts'
import { tidied } from '../src/engine/tidied.ts'
import type { Affine } from './affine.ts'
import type { Network, ParameterSpec, Parameters, Prefix, Resumed, Site } from './network.ts'

interface StageBase {
  readonly name: string
  readonly affine: Affine
  /** Local credit of this site, see `Network.credit`; when absent a unit answers for its output. */
  credit?(losses: tf.Tensor2D, state: readonly tf.Tensor[]): tf.Tensor
}

/** One site of a chain and what follows it up to the next. */
export interface PlainStage extends StageBase {
  /**
   * From the pre-activation to the next site's state; the last stage gives the logits.
   *
   * @param state this site's state; only its first tensor is what the affine map saw
   */
  after(v: tf.Tensor, state: readonly tf.Tensor[]): readonly tf.Tensor[]
  /** Whether `after` reads its second argument (a skip connection ends here or passes by). */
  readonly readsState?: boolean
}

/** A site whose map also sees what follows from its own pre-activation. */
export interface FeedbackStage extends StageBase {
  readonly feedback: Feedback
}

export interface Feedback {
  /** Parameters that are used after the pre-activation. */
  readonly parameters: readonly ParameterSpec[]
  /**
   * As `PlainStage.after`, with what `localGradient` needs to know of the pass.
   *
   * @param v the pre-activation without the feedback, `[rows, ...shape]`
   */
  run(
    parameters: Parameters,
    v: tf.Tensor,
    state: readonly tf.Tensor[],
  ): { readonly state: readonly tf.Tensor[]; readonly trajectory: readonly tf.Tensor[] }
  /** Gradients of the feedback's parameters, given the pass's trajectory and `[rows, ...shape]`. */
  localGradient(trajectory: readonly tf.Tensor[], delta: tf.Tensor): Record<string, tf.Tensor>
}

export type Stage = PlainStage | FeedbackStage

/** What some chains can do beside. */
export type ChainExtras = Pick<Network, 'withSurrogate' | 'drawn'> & {
  /** Number of classes, where it is not the width of the last stage. */
  readonly classes?: number
}

/**
 * The network that runs these stages one after the other.
 *
 * @param prepare from the input to the first site's state, in tensors of its own
 */
export function chain(
  inputShape: Network['inputShape'],
  prepare: (x: tf.Tensor) => tf.Tensor | readonly tf.Tensor[],
  stages: readonly Stage[],
  { classes = stages.at(-1)!.affine.shape[0]!, ...extras }: ChainExtras = {},
): Network {
  const specs = stages.map(stage => [
    ...stage.affine.parameters,
    ...('feedback' in stage ? stage.feedback.parameters : []),
  ])
  const sites: readonly Site[] = stages.map((stage, index) => ({
    name: stage.name,
    index,
    kind: 'feedback' in stage ? 'recurrent' : stage.affine.kind,
    parameters: specs[index]!.map(spec => spec.name),
    shape: stage.affine.shape,
    feedback: 'feedback' in stage,
  }))
  const prepared = (x: tf.Tensor): readonly tf.Tensor[] => {
    const state = prepare(x)
    return state instanceof tf.Tensor ? [state] : state
  }
  const at = (index: number, parameters: Parameters, state: readonly tf.Tensor[]): Prefix => ({
    site: sites[index]!,
    state,
    preactivation: stages[index]!.affine.apply(parameters, state[0]!),
  })
  const rowsOf = (site: Site, v: tf.Tensor) => tf.reshape(v, [-1, ...site.shape])
  /** Runs the stages from `first` to the end, given the pre-activation of the first of them. */
  const finish = (
    parameters: Parameters,
    first: number,
    preactivation: tf.Tensor,
    firstState: readonly tf.Tensor[],
  ): Resumed => {
    const passed = follow(stages[first]!, parameters, preactivation, firstState)
    let { state } = passed
    for (const stage of stages.slice(first + 1)) {
      state = follow(stage, parameters, stage.affine.apply(parameters, state[0]!), state).state
    }
    return { logits: state[0] as tf.Tensor2D, trajectory: passed.trajectory }
  }
  const carried = ({ site, state }: Prefix, copies: number) => {
    const stage = stages[site.index]!
    const needed = 'feedback' in stage || stage.readsState
    return needed && copies > 1 ? state.map(tensor => repeat(tensor, copies)) : state
  }
  return {
    ...extras,
    inputShape,
    classes,
    parameters: specs.flat(),
    sites,
    logits: (parameters, x) =>
      tf.tidy(() => {
        const state = prepared(x)
        return finish(parameters, 0, stages[0]!.affine.apply(parameters, state[0]!), state).logits
      }),
    enter: (parameters, x) => tidied(() => at(0, parameters, prepared(x))),
    advance: (parameters, { site, state, preactivation }) =>
      tidied(() => {
        const passed = follow(stages[site.index]!, parameters, preactivation, state)
        return at(site.index + 1, parameters, passed.state)
      }),
    affine: (parameters, { site, state }) =>
      tf.tidy(() => stages[site.index]!.affine.apply(parameters, state[0]!)),
    resume: (parameters, prefix, perturbation) =>
      tidied(() => {
        const { site, preactivation } = prefix
        const noisy = rowsOf(site, tf.add(preactivation, perturbation))
        return finish(parameters, site.index, noisy, carried(prefix, perturbation.shape[0]!))
      }),
    trajectory: (parameters, { site, state, preactivation }) =>
      tidied(() => {
        const stage = stages[site.index]!
        if (!('feedback' in stage)) return []
        return stage.feedback.run(parameters, preactivation, state).trajectory
      }),
    redo: (parameters, { site, state }) =>
      tf.tidy(() => {
        const preactivation = stages[site.index]!.affine.apply(parameters, state[0]!)
        return finish(parameters, site.index, preactivation, state).logits
      }),
    copied: (prefix, copies) =>
      tidied(() => ({
        site: prefix.site,
        state: carried(prefix, copies).map(tensor => tf.clone(tensor)),
        preactivation: repeat(prefix.preactivation, copies),
      })),
    credit: ({ site, state }, losses) =>
      tf.tidy(() => stages[site.index]!.credit?.(losses, state) ?? tf.clone(losses)),
    localGradient: ({ site, state }, delta, trajectory) =>
      tidied(() => {
        const stage = stages[site.index]!
        if (!('feedback' in stage)) return stage.affine.localGradient(state[0]!, delta)
        return {
          ...stage.affine.localGradient(state[0]!, tf.sum(delta, 0)),
          ...stage.feedback.localGradient(trajectory!, rowsOf(site, delta)),
        }
      }),
  }
}

function follow(
  stage: Stage,
  parameters: Parameters,
  v: tf.Tensor,
  state: readonly tf.Tensor[],
): ReturnType<Feedback['run']> {
  if ('feedback' in stage) return stage.feedback.run(parameters, v, state)
  return { state: stage.after(v, state), trajectory: [] }
}

/** The batch `copies` times, one after the other. */
function repeat(tensor: tf.Tensor, copies: number): tf.Tensor {
  return tf.tile(tensor, [copies, ...Array<number>(tensor.rank - 1).fill(1)])
}
