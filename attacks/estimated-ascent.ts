import { tf } from '../src/engine/tf.ts'
import { tidied } from '../src/engine/tidied.ts'
import type { Crafted, Norm } from './attack.ts'
import type { AttackRandom } from './attack-random.ts'
import {
  estimateInputGradient,
  type InputGradientOptions,
  queriesOf,
} from './estimate-input-gradient.ts'
import { project, randomInBall } from './geometry.ts'
import { attackLoss, type LossName } from './losses.ts'
import { type Observer, observeRun } from './observer.ts'
import type { Victim } from './victim.ts'

/** How an estimated gradient becomes a change of the input. */
export interface StepRule {
  /** What is remembered from step to step at the start, shape of `x` each. */
  start(x: tf.Tensor): readonly tf.Tensor[]
  /**
   * The change for this gradient and what is remembered now.
   *
   * @param step counts from zero
   */
  move(gradient: tf.Tensor, memory: readonly tf.Tensor[], step: number): Move
}

export interface Move {
  readonly change: tf.Tensor
  readonly memory: readonly tf.Tensor[]
}

export interface EstimatedAscent {
  readonly norm: Norm
  readonly epsilon: number
  readonly steps: number
  /** Whether to start at a random point of the ball or at the clean input. */
  readonly randomStart: boolean
  readonly gradient: InputGradientOptions
  readonly loss: LossName
  readonly rule: StepRule
}

/** Model calls on one example that is never misclassified. */
export function ascentQueries(steps: number, gradient: InputGradientOptions): number {
  return steps * (queriesOf(gradient) + 1) + 1
}

/**
 * Projected ascent along gradients estimated from scores. Before every step the iterate itself is
 * asked about; an example leaves once it is misclassified.
 */
export function ascendByEstimates(
  ascent: EstimatedAscent,
  victim: Victim,
  x: tf.Tensor,
  labels: tf.Tensor1D,
  random: AttackRandom,
  observer?: Observer,
): Crafted {
  const [batch = 0] = x.shape
  const size = x.size / batch
  const adversarial = Float32Array.from(x.dataSync())
  const queries = new Float32Array(batch)
  let rows = [...Array(batch).keys()]
  let state = tidied(() => clean(ascent, x, labels))
  // A random start takes the place of a step, so that the clean inputs are asked about first.
  const first = ascent.randomStart ? -1 : 0
  const length = ascent.steps - first + 1
  const observe = observeRun(observer, { loss: ascent.loss, run: 0, runs: 1, length })
  for (let step = first; rows.length > 0; step++) {
    const { wrong, losses } = asked(victim, state, observe && ascent.loss)
    if (losses) observe?.(rows, step - first, losses, wrong)
    const values = state.x.dataSync() as Float32Array
    const stays: number[] = []
    rows.forEach((row, at) => {
      queries[row]! += 1
      if (wrong[at] || step === ascent.steps) {
        adversarial.set(values.subarray(at * size, (at + 1) * size), row * size)
      } else stays.push(at)
    })
    rows = stays.map(at => rows[at]!)
    const before = state
    if (rows.length > 0) {
      const spent = step < 0 ? 0 : queriesOf(ascent.gradient)
      for (const row of rows) queries[row]! += spent
      state = tidied(() => {
        const kept = stayed(before, stays)
        const own = random.rows(rows)
        return step < 0
          ? scattered(ascent, victim, kept, own)
          : advanced(ascent, victim, kept, own, step)
      })
    }
    disposeState(before)
  }
  return { adversarial: tf.tensor(adversarial, x.shape), queries }
}

/** Where the examples that are still attacked stand. */
interface State {
  readonly x: tf.Tensor
  readonly center: tf.Tensor
  readonly labels: tf.Tensor1D
  readonly memory: readonly tf.Tensor[]
}

function disposeState({ memory, ...tensors }: State): void {
  tf.dispose([...memory, ...Object.values(tensors)])
}

function clean({ rule }: EstimatedAscent, x: tf.Tensor, labels: tf.Tensor1D): State {
  return { x: tf.clone(x), center: tf.clone(x), labels: tf.clone(labels), memory: rule.start(x) }
}

/** Which iterates are misclassified, and how high this loss is at each where one is named. */
function asked(victim: Victim, { x, labels }: State, loss: LossName | undefined) {
  return tf.tidy(() => {
    const logits = victim.logits(x)
    return {
      wrong: tf.notEqual(tf.argMax(logits, 1), labels).dataSync(),
      losses: loss && attackLoss(loss, labels, undefined)(logits).dataSync(),
    }
  })
}

/** The examples that stay. */
function stayed(state: State, stays: readonly number[]): State {
  const indices = tf.tensor1d([...stays], 'int32')
  return {
    x: tf.gather(state.x, indices),
    center: tf.gather(state.center, indices),
    labels: tf.gather(state.labels, indices),
    memory: state.memory.map(part => tf.gather(part, indices)),
  }
}

/** At random points of the ball. */
function scattered(
  { norm, epsilon }: EstimatedAscent,
  { bounds }: Victim,
  state: State,
  random: AttackRandom,
): State {
  const { center } = state
  const change = randomInBall(center.shape, norm, epsilon, random, 0)
  return { ...state, x: project(tf.add(center, change), center, norm, epsilon, bounds) }
}

/** One step further up. */
function advanced(
  { norm, epsilon, gradient: options, loss, rule }: EstimatedAscent,
  victim: Victim,
  state: State,
  random: AttackRandom,
  step: number,
): State {
  const { x, center, labels, memory } = state
  const lossOf = (truth: tf.Tensor1D) => attackLoss(loss, truth, undefined)
  const request = { victim, x, labels, loss: lossOf, random, round: step }
  const moved = rule.move(estimateInputGradient(request, options), memory, step)
  const next = project(tf.add(x, moved.change), center, norm, epsilon, victim.bounds)
  return { x: next, center, labels, memory: moved.memory }
}
