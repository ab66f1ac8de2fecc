import { tf } from '../src/engine/tf.ts'
import { tidied } from '../src/engine/tidied.ts'
import {
  backAtBest,
  changedCoordinates,
  createMemory,
  type Memory,
  outcome,
  remember,
  type Seen,
} from './apgd-memory.ts'
import { type AdaptiveSteps, halvedSteps, sparseSteps } from './apgd-steps.ts'
import type { Norm } from './attack.ts'
import { expectedLossGradient } from './expected-gradient.ts'
import { project, sparseSigns, steepest } from './geometry.ts'
import { attackLoss, type LossName } from './losses.ts'
import type { RunObserver } from './observer.ts'
import { gatherAll, type Run } from './open-rows.ts'
import type { Victim } from './victim.ts'

/** How a run of APGD climbs. */
export interface ApgdRun {
  readonly norm: Norm
  /** Radius of the ball. */
  readonly epsilon: number
  readonly steps: number
  readonly loss: LossName
  /** Share of the steps that must raise the loss, else the step is halved. */
  readonly rho: number
  /** Calls over which loss, gradient and logits are averaged. */
  readonly eotIterations: number
  /**
   * `best-so-far` keeps the first misclassified iterate and stops there; for a victim with noise,
   * where one may be misclassified by luck, it goes on and keeps the one with the highest loss.
   * `highest-loss` keeps the iterate with the highest loss, misclassified or not.
   */
  readonly iterate: 'best-so-far' | 'highest-loss'
}

/** Where a run starts, one row for each example. */
export interface ApgdStart {
  readonly x: tf.Tensor
  /** The clean inputs. */
  readonly center: tf.Tensor
  readonly labels: tf.Tensor1D
  /** The classes aimed at; without them the run only leaves the true one. */
  readonly targets?: tf.Tensor1D
}

interface Points extends ApgdStart {
  /** The iterates before these. */
  readonly previous: tf.Tensor
}

/** One run from the given points, which it frees. Rows that are done leave the batch. */
export function runApgd(
  settings: ApgdRun,
  victim: Victim,
  start: ApgdStart,
  observe?: RunObserver,
): Run {
  const memory = createMemory(start.x, start.center)
  const { best, success, queries } = memory
  let rows = [...success.keys()]
  let points: Points = { ...start, previous: tf.clone(start.x) }
  let steps: AdaptiveSteps | undefined
  for (let step = 0; rows.length > 0; step++) {
    const seen = look(settings, victim, points)
    observe?.(rows, step, seen.losses, seen.wrong)
    rows.forEach((row, at) => {
      queries[row]! += settings.eotIterations
      remember(memory, row, seen, at)
    })
    steps ??= stepsOf(settings, memory)
    const rule = steps
    const goesBack = rows.map((row, at) => {
      const changed = () => changedCoordinates(memory, row)
      return step > 0 && rule.observe(row, step, seen.losses[at]!, best.losses[row]!, changed)
    })
    const isOver = (row: number) => step === settings.steps || (stops(settings) && success[row])
    const stays = [...rows.keys()].filter(at => !isOver(rows[at]!))
    const before = points
    const standing = rows
    rows = stays.map(at => standing[at]!)
    if (rows.length > 0) {
      points = tidied(() => {
        const at = { ...before, ...backAtBest(memory, seen, before.x.shape, standing, goesBack) }
        return ascend(settings, victim, gatherAll(at, stays), rule, rows, step)
      })
    }
    tf.dispose(Object.values(before))
  }
  return outcome(memory, settings.iterate)
}

/** With noise a success may be luck: such a run goes on. */
const stops = ({ iterate, eotIterations }: ApgdRun) =>
  iterate === 'best-so-far' && eotIterations === 1

function look(
  { loss, eotIterations }: ApgdRun,
  victim: Victim,
  { x, labels, targets }: Points,
): Seen {
  const rises = attackLoss(loss, labels, targets)
  const { gradient, losses, logits } = expectedLossGradient(victim, x, rises, eotIterations)
  const seen = {
    x: Float32Array.from(x.dataSync()),
    gradient: Float32Array.from(gradient.dataSync()),
    losses: Float32Array.from(losses.dataSync(), value =>
      Number.isNaN(value) ? -Infinity : value,
    ),
    wrong: tf.tidy(() => tf.notEqual(tf.argMax(logits, 1), labels).dataSync()),
  }
  tf.dispose([gradient, losses, logits])
  return seen
}

function stepsOf({ norm, steps, epsilon, rho }: ApgdRun, memory: Memory): AdaptiveSteps {
  const { best, size } = memory
  if (norm !== 'l1') return halvedSteps(best.losses, steps, epsilon, rho)
  const changes = Array.from(best.losses, (_, row) => changedCoordinates(memory, row))
  return sparseSteps(changes, size, steps, epsilon)
}

/** What is kept of the last step but one in Linf and L2, besides the step itself. */
const inertia = 0.25

/** The rows one step further; `rows` are their places in the whole run. */
function ascend(
  { norm, epsilon }: ApgdRun,
  victim: Victim,
  { gradient, previous, ...points }: Points & { readonly gradient: tf.Tensor },
  steps: AdaptiveSteps,
  rows: readonly number[],
  step: number,
): Points {
  const { x, center } = points
  const legal = (wanted: tf.Tensor) => project(wanted, center, norm, epsilon, victim.bounds)
  const lengths = tf.tensor(
    rows.map(row => steps.lengths[row]!),
    x.shape.map((_, axis) => (axis === 0 ? rows.length : 1)),
  )
  const counts = rows.map(row => steps.counts[row]!)
  const direction = norm === 'l1' ? sparseSigns(gradient, counts) : steepest(gradient, norm)
  const stepped = legal(tf.add(x, tf.mul(direction, lengths)))
  if (norm === 'l1' || step === 0) return { ...points, x: stepped, previous: x }
  const drawn = tf.mul(tf.sub(stepped, x), 1 - inertia)
  const carried = tf.mul(tf.sub(x, previous), inertia)
  return { ...points, x: legal(tf.addN([x, drawn, carried])), previous: x }
}
