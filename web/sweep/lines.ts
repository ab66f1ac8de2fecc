import type { Probe } from '../../server/schemas/gradients.ts'
import * as format from '../format.ts'
import { armName } from '../names.ts'
import type { Choices } from './choices.ts'
import { type Measure, type Measured, measureText } from './measures.ts'
import { kindOf, type VariableName, variableNames, variables } from './variables.ts'

/** Quantile of the normal distribution for 95 % intervals of a mean. */
const Z95 = 1.96

/** A point of a line: what was measured at one place of the axis. */
export interface SweepPoint extends Measured {
  readonly line: SweepLine
  /** Value of the variable along the line, or the number of the layer from 1. */
  readonly place: number
  /** Where it stands on the axis: the place, or the time of an estimate in milliseconds. */
  readonly x: number
  readonly low: number | null
  readonly high: number | null
  /** One value a seed. */
  readonly seeds: readonly number[]
  /** Estimates of every layer and seed. */
  readonly repeats: number
  /** Layers behind the value. */
  readonly layers: number
  readonly text: string
}

/** Points that differ in the axis, and in seeds, alone. */
export interface SweepLine {
  readonly label: string
  /** Lines of one family are alike but for a variable. */
  readonly family: string
  readonly architecture: string
  readonly arm: string
  readonly training: string
  readonly estimator: string
  readonly engine: string
  /** Options of the estimator that tell it from others of its name. */
  readonly variant: string
  readonly at: Readonly<Partial<Record<VariableName, number | null>>>
  readonly probes: readonly Probe[]
}

/** The lines of the chosen probes, and what tells each from the others. */
export function sweepLines({ probes, along }: Choices): SweepLine[] {
  const kept = withoutRepetition(probes)
  const others = variableNames.filter(name => name !== along)
  const variants = variantsOf(kept)
  const groups = grouped(kept, probe =>
    JSON.stringify([familyOf(probe, variants), ...others.map(name => variables[name].of(probe))]),
  ).sort(([a], [b]) => {
    const [one, other] = [familyOf(a!, variants), familyOf(b!, variants)]
    if (one !== other) return one < other ? -1 : 1
    const apart = others.map(name => variables[name].of(a!)! - variables[name].of(b!)!)
    return apart.find(difference => difference !== 0) ?? 0
  })
  const tell = <T>(of: (probe: Probe) => T, among = kept) => new Set(among.map(of)).size > 1
  return groups.map(group => {
    const first = group[0]!
    const variant = variants.get(first) ?? ''
    const kin = kept.filter(probe => kindOf(probe) === kindOf(first))
    const words = [
      tell(probe => probe.architecture) && first.architecture,
      tell(probe => probe.estimator + variants.get(probe)) &&
        armName(first.estimator) + (variant && ` (${variant})`),
      tell(probe => probe.arm) && `trained with ${armName(first.arm)}`,
      tell(probe => probe.training, kin) && first.training,
      tell(probe => probe.engine) && first.engine,
      ...others.map(name => {
        const value = variables[name].of(first)
        const told = value !== null && tell(variables[name].of, kin)
        return told && `${variables[name].short} ${variables[name].text(value)}`
      }),
    ].filter(word => word !== false)
    return {
      label: words.join(', ') || armName(first.estimator),
      family: familyOf(first, variants),
      architecture: first.architecture,
      arm: first.arm,
      training: first.training,
      estimator: first.estimator,
      engine: first.engine,
      variant,
      at: Object.fromEntries(others.map(name => [name, variables[name].of(first)])),
      probes: group,
    }
  })
}

/** The points of a line for one measure, from left to right. */
export function sweepPoints(
  line: SweepLine,
  { axis, along, layers }: Choices,
  measure: Measure,
): SweepPoint[] {
  const place = (probe: Probe) => (along ? variables[along].of(probe) : probe.siteIndex + 1)
  const wanted = line.probes.filter(probe => isWanted(probe, along === null ? 'all' : layers))
  return grouped(
    wanted.filter(probe => place(probe) !== null && measure.of(probe)),
    place,
  )
    .map((group): SweepPoint => {
      const mean = measure.logarithmic ? geometric : plain
      const seeds = grouped(group, probe => probe.seed).map(own =>
        mean(own.map(probe => measure.of(probe)!.value)),
      )
      const value = mean(seeds)
      const half = intervalHalf(group, measure)
      const bounded = group.filter(probe => measure.of(probe)!.bounded).length >= group.length / 2
      const at = place(group[0]!)!
      return {
        line,
        place: at,
        x: axis === 'time' ? geometric(group.map(probe => probe.milliseconds)) : at,
        value,
        bounded,
        low: half === null ? null : value - half,
        high: half === null ? null : value + half,
        seeds,
        repeats: Math.min(...group.map(probe => probe.repeats)),
        layers: new Set(group.map(probe => probe.site)).size,
        text: measureText(measure, { value, bounded }),
      }
    })
    .sort((a, b) => a.x - b.x)
}

/** What a point says when it is pointed at. */
export function pointTip({ line, place, text, seeds, layers }: SweepPoint, choices: Choices) {
  const { along } = choices
  const where = along
    ? `${variables[along].label} ${variables[along].text(place)}`
    : `layer ${place}`
  const time = geometric(
    line.probes
      .filter(probe => (along ? variables[along].of(probe) : probe.siteIndex + 1) === place)
      .map(probe => probe.milliseconds),
  )
  return [
    `${where}: ${text}`,
    `${format.plural(seeds.length, 'seed')}, ${format.plural(layers, 'layer')}, ${format.real(time)} ms a layer`,
  ]
}

function isWanted({ siteIndex, depth }: Probe, layers: Choices['layers']): boolean {
  if (layers === 'first') return siteIndex === 0
  if (layers === 'last') return siteIndex === (depth ?? 0) - 1
  return true
}

/** Of what was measured twice, the one with a smoothed gradient, or with more estimates. */
function withoutRepetition(probes: readonly Probe[]): Probe[] {
  const better = (a: Probe, b: Probe) =>
    (b.referenceCopies ?? 0) - (a.referenceCopies ?? 0) || b.repeats - a.repeats
  return grouped(probes, probe =>
    JSON.stringify([probe.model, probe.site, probe.options, probe.copies, probe.sigma]),
  ).map(group => group.sort(better)[0]!)
}

function familyOf(probe: Probe, variants: ReadonlyMap<Probe, string>): string {
  const { architecture, arm, training, estimator, engine } = probe
  return JSON.stringify([architecture, arm, training, estimator, variants.get(probe), engine])
}

/** For every probe, the options in which its estimator differs from others of its name. */
function variantsOf(probes: readonly Probe[]): Map<Probe, string> {
  const told = new Map<Probe, string>()
  for (const group of grouped(probes, probe => probe.estimator)) {
    const options = group.map(probe => flat(probe.options ?? {}))
    const names = [...new Set(options.flatMap(Object.keys))].filter(
      name =>
        !['copies', 'sigma'].includes(name) &&
        new Set(options.map(one => String(one[name]))).size > 1,
    )
    for (const [index, probe] of group.entries()) {
      told.set(probe, names.map(name => `${name} ${options[index]![name]}`).join(', '))
    }
  }
  return told
}

/** Nested options by their innermost names. */
function flat(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.assign(
    {},
    ...Object.entries(options).map(([name, value]) =>
      value !== null && typeof value === 'object' && !Array.isArray(value)
        ? flat(value as Record<string, unknown>)
        : { [name]: value },
    ),
  )
}

/** Half the interval of a mean cosine from the spread over the repeats; null for other measures. */
function intervalHalf(group: readonly Probe[], measure: Measure): number | null {
  if (!measure.interval) return null
  const squares = group.map(({ cosineSd, repeats }) => (cosineSd ?? 0) ** 2 / repeats)
  return (Z95 * Math.sqrt(squares.reduce((sum, one) => sum + one, 0))) / group.length
}

function grouped<T, K>(values: readonly T[], key: (value: T) => K): T[][] {
  const groups = new Map<K, T[]>()
  for (const value of values) {
    const group = groups.get(key(value))
    if (group) group.push(value)
    else groups.set(key(value), [value])
  }
  return [...groups.values()]
}

function plain(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function geometric(values: readonly number[]): number {
  return Math.exp(plain(values.map(value => Math.log(value))))
}
