/**
 * Nightlies made up example by example, for checks of the comparison itself: nothing is trained, but
 * what is compared goes through the function that `gauntlet nightly` uses.
 */
import type { Measurement, NightlyMeasures } from '../../src/nightly/measurement.ts'

/** A source of uniform numbers in [0, 1): fast, since a simulation needs millions of them. */
export type Uniform = () => number

/** Mulberry32, public domain, by Tommy Ettinger. */
export function uniform(seed: number): Uniform {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A standard normal number, by Box and Muller. */
export function normal(random: Uniform): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

export interface SimulatedPlan {
  readonly models: number
  /** White-box attacks on each, the clean evaluation not counted. */
  readonly attacks: number
  readonly examples: number
  /** How far each chance of being right lies from certain: 0 decides each example the same way always. */
  readonly noise: number
}

/** Chances of being right, by model and evaluation: what two nightlies without change share. */
export type Chances = readonly (readonly Float64Array[])[]

/** Draws a plan's examples: an example that is hard for one attack is hard for the others too. */
export function drawChances(plan: SimulatedPlan, random: Uniform): Chances {
  return Array.from({ length: plan.models }, () => {
    const margins = Array.from({ length: plan.examples }, () => normal(random))
    return Array.from({ length: plan.attacks + 1 }, (_, attack) =>
      Float64Array.from(margins, margin => {
        const right = margin + 0.3 * normal(random) > attack * 0.25 - 1.2
        return right ? 1 - plan.noise * random() : plan.noise * random()
      }),
    )
  })
}

/** One nightly: each example of each evaluation is right with its chance. */
export function drawNightly(chances: Chances, random: Uniform): NightlyMeasures {
  const outcomes = new Map<string, Uint8Array>()
  const measurements: Measurement[] = []
  for (const [model, evaluations] of chances.entries()) {
    const clean = evaluations[0]!.map(chance => Number(random() < chance))
    for (const [attack, own] of evaluations.entries()) {
      const job = `${model} ${attack}`
      const bits = Uint8Array.from(own, (chance, example) => {
        const right = attack === 0 ? clean[example]! : clean[example]! * Number(random() < chance)
        return 1 + 2 * clean[example]! + 4 * right
      })
      outcomes.set(job, bits)
      measurements.push(evaluation(model, attack, job, bits))
    }
  }
  return { measurements, outcomes }
}

/** As drawn, but so many of the examples that were right are wrong under one evaluation. */
export function withLost(nightly: NightlyMeasures, job: string, lost: number): NightlyMeasures {
  const bits = Uint8Array.from(nightly.outcomes.get(job)!)
  let left = lost
  for (const [example, value] of bits.entries()) {
    if (left === 0) break
    if ((value & 4) === 0) continue
    bits[example] = value & 3
    left--
  }
  return { ...nightly, outcomes: new Map([...nightly.outcomes, [job, bits]]) }
}

function evaluation(model: number, attack: number, job: string, bits: Uint8Array): Measurement {
  const right = bits.filter(value => (value & 4) !== 0).length
  return {
    metric: attack === 0 ? 'clean' : 'robust',
    dataset: 'simulated',
    datasetId: 'simulated',
    architecture: 'mlp',
    arm: `arm-${model}`,
    variant: '',
    seed: 0,
    attack: attack === 0 ? null : `attack-${attack}`,
    norm: attack === 0 ? null : 'linf',
    epsilon: attack === 0 ? null : 0.1,
    detail: '',
    job,
    model: `model-${model}`,
    config: '',
    weights: `weights-${model}`,
    machine: 'wasm',
    commit: null,
    plain: true,
    value: right / bits.length,
    n: bits.length,
    sd: null,
  }
}
