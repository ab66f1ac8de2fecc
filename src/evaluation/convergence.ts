import type { LossName } from '../../attacks/losses.ts'
import type { Iteration, Observer } from '../../attacks/observer.ts'

/** How an attack, or a part of a composed one, fared on its examples, iteration by iteration. */
export interface Recorded {
  /** The part's name, or the attack's. */
  readonly name: string
  /** What it raises. */
  readonly loss: LossName
  /** After these iterations, counted from 1 through all restarts; ascending. */
  readonly iterations: readonly number[]
  /** The highest loss so far, `[n, iterations]`; not a number where it has not met the example. */
  readonly losses: Float32Array
  /** The first iteration at which each example was misclassified, `[n]`; 0 where none was. */
  readonly brokenAt: Float32Array
}

/** One point of a curve of convergence. */
export interface ConvergencePoint {
  /** Place of the part in a composed attack, from 0. */
  readonly position: number
  readonly part: string
  readonly iteration: number
  readonly lossName: LossName
  /** Mean over `attacked` of the highest loss so far; null where there is none. */
  readonly loss: number | null
  readonly attacked: number
  readonly robustCorrect: number
}

/** Points of a curve at most. */
const mostPoints = 30

/**
 * Iterations at which a curve has points: all of a short run; of a long one the first, the last, and
 * those between at equal ratios, at least one apart.
 */
export function notedIterations(last: number): number[] {
  if (last <= mostPoints) return Array.from({ length: last }, (_, at) => at + 1)
  const found = [1]
  for (let left = mostPoints - 1; left > 0; left--) {
    const before = found.at(-1)!
    found.push(Math.max(before + 1, Math.round(before * (last / before) ** (1 / left))))
  }
  return found
}

/** Takes note of what an attack shows of `n` examples, batch by batch. */
export interface Recorder {
  /** What looks on while the batch that begins with this example is attacked. */
  batch(first: number): Observer
  /** What was noted so far, in the order in which the parts began. */
  readonly recorded: readonly Recorded[]
}

/**
 * @param name of the attack
 * @param kept what an earlier call has noted of the first examples
 */
export function createRecorder(n: number, name: string, kept: readonly Recorded[] = []): Recorder {
  const parts = new Map<string, Recorded>(kept.map(part => [part.name, extended(part, n)]))
  const partOf = (part: string, { last, loss }: Iteration): Recorded => {
    const known = parts.get(part)
    if (known) return known
    const made = blank(part, loss, notedIterations(last), n)
    parts.set(part, made)
    return made
  }
  const observer = (part: string, placeOf: (row: number) => number): Observer => ({
    see(rows, iteration) {
      note(partOf(part, iteration), rows.map(placeOf), iteration)
    },
    rows: rows => observer(part, row => placeOf(rows[row]!)),
    part: other => observer(other, placeOf),
  })
  return {
    batch: first => observer(name, row => first + row),
    get recorded() {
      return [...parts.values()]
    },
  }
}

function blank(name: string, loss: LossName, iterations: readonly number[], n: number): Recorded {
  const losses = new Float32Array(n * iterations.length).fill(Number.NaN)
  return { name, loss, iterations, losses, brokenAt: new Float32Array(n) }
}

function extended(part: Recorded, n: number): Recorded {
  const whole = blank(part.name, part.loss, part.iterations, n)
  whole.losses.set(part.losses)
  whole.brokenAt.set(part.brokenAt)
  return whole
}

/** A loss that rises counts from here on: whatever leaves the attack keeps its last one. */
function note(
  { iterations, losses, brokenAt }: Recorded,
  examples: readonly number[],
  { iteration, losses: values, wrong }: Iteration,
): void {
  const width = iterations.length
  const from = iterations.findIndex(noted => noted >= iteration)
  if (from < 0) return
  examples.forEach((example, at) => {
    const own = losses.subarray(example * width + from, (example + 1) * width)
    const value = values[at]!
    if (Number.isFinite(value) && !(value <= own[0]!)) own.fill(value)
    if (wrong[at] && brokenAt[example] === 0) brokenAt[example] = iteration
  })
}

/** What of an example's outcome decides where it stands on a curve. */
interface Fate {
  readonly label: number
  readonly cleanPrediction: number
  readonly success: boolean
  /** Place of the part that broke it, from 1; 0 where none did, or there are no parts. */
  readonly brokenBy: number
}

/**
 * The curves of an attack: how many examples are right without attack and were not broken yet, and the
 * mean of the highest loss so far over those that the part has met. Only what was broken in the end
 * counts as broken, so that the last point of the last part is the evaluation's robust accuracy.
 *
 * @param order names of the attack's parts, or its own
 */
export function convergencePoints(
  recorded: readonly Recorded[],
  order: readonly string[],
  fates: readonly Fate[],
): ConvergencePoint[] {
  const right = fates.flatMap(({ label, cleanPrediction }, at) =>
    cleanPrediction === label ? [at] : [],
  )
  return recorded
    .map(part => ({ ...part, position: order.indexOf(part.name) }))
    .filter(({ position }) => position >= 0)
    .sort((a, b) => a.position - b.position)
    .flatMap(({ name, loss, iterations, losses, brokenAt, position }) => {
      const last = iterations.at(-1)!
      const isBroken = (at: number, iteration: number) => {
        const { success, brokenBy } = fates[at]!
        if (!success) return false
        const place = (brokenBy || order.length) - 1
        return place < position || (place === position && (brokenAt[at] || last) <= iteration)
      }
      return iterations.map((iteration, point): ConvergencePoint => {
        const values = right
          .map(at => losses[at * iterations.length + point]!)
          .filter(value => Number.isFinite(value))
        return {
          position,
          part: name,
          iteration,
          lossName: loss,
          loss: values.length > 0 ? values.reduce((a, b) => a + b, 0) / values.length : null,
          attacked: values.length,
          robustCorrect: right.filter(at => !isBroken(at, iteration)).length,
        }
      })
    })
}
