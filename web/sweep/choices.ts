import type { Probe } from '../../server/schemas/gradients.ts'
import { choice } from '../url-state.ts'
import { type MeasureName, measureNames } from './measures.ts'
import {
  type AxisName,
  axisNames,
  kindOf,
  type VariableName,
  valuesOf,
  variableNames,
  variables,
  variedBy,
} from './variables.ts'

/** In the address: no filter; for a variable, one line for each of its values. */
export const ALL = 'all'

/** Properties that probes are filtered by, each by one value. */
export const filters = {
  network: (probe: Probe) => probe.architecture,
  trained: (probe: Probe) => probe.arm,
  training: (probe: Probe) => probe.training,
  estimator: (probe: Probe) => probe.estimator,
  engine: (probe: Probe) => probe.engine,
} as const

export type FilterName = keyof typeof filters

export const layerChoices = [ALL, 'first', 'last'] as const

/** What the sweep's charts show, as the address says it or as the probes suggest. */
export interface Choices {
  readonly axis: AxisName
  /** The variable that points of a line differ in; null where these are layers. */
  readonly along: VariableName | null
  /** What `axis` can be. */
  readonly axes: readonly AxisName[]
  readonly measures: readonly [left: MeasureName, right: MeasureName]
  readonly layers: (typeof layerChoices)[number]
  /** Chosen values, and what there is to choose from. */
  readonly filters: Readonly<Record<FilterName, Chosen<string>>>
  readonly fixed: Readonly<Partial<Record<VariableName, Chosen<number>>>>
  /** The probes that pass all of it. */
  readonly probes: readonly Probe[]
}

interface Chosen<Value> {
  readonly value: Value | typeof ALL
  readonly from: readonly Value[]
}

/** What lines differ in by default, for each variable along a line. */
const splitBy: Readonly<Record<VariableName, VariableName>> = {
  depth: 'width',
  width: 'depth',
  copies: 'sigma',
  sigma: 'copies',
}

/** Reads the choices from the address; what does not exist falls back to what does. */
export function chooseSweep(params: URLSearchParams, all: readonly Probe[]): Choices {
  const varied = variedBy(all)
  const axes = axisNames.filter(name => !isVariable(name) || varied.includes(name))
  const axis = choice(params, 'x', axes, varied[0] ?? 'layer')
  const along = axis === 'layer' ? null : isVariable(axis) ? axis : (alongTime(varied) ?? null)
  let probes = along && axis !== 'time' ? varying(all, along) : all
  const chosenFilters = {} as Record<FilterName, Chosen<string>>
  for (const name of Object.keys(filters) as FilterName[]) {
    const from = [...new Set(probes.map(filters[name]))].sort()
    const value = choice(params, name, [ALL, ...from], suggested(name, from))
    chosenFilters[name] = { value, from }
    if (value !== ALL) probes = probes.filter(probe => filters[name](probe) === value)
  }
  const fixed: Partial<Record<VariableName, Chosen<number>>> = {}
  const others = variedBy(probes).filter(name => name !== along)
  const first = along ? splitBy[along] : 'copies'
  const split = others.includes(first) ? first : others[0]
  for (const name of others) {
    const from = valuesOf(probes, name)
    const fallback = name === split ? ALL : String(middle(from))
    const text = choice(params, `at-${name}`, [ALL, ...from.map(String)], fallback)
    fixed[name] = { value: text === ALL ? ALL : Number(text), from }
    if (text !== ALL) probes = probes.filter(probe => variables[name].of(probe) === Number(text))
  }
  return {
    axis,
    along,
    axes,
    measures: [
      choice(params, 'left', measureNames, 'variance'),
      choice(params, 'right', measureNames, 'cosine'),
    ],
    layers: choice(params, 'layers', layerChoices, ALL),
    filters: chosenFilters,
    fixed,
    probes,
  }
}

/** The probes of the kinds that vary a variable; the others would be points without a line. */
function varying(probes: readonly Probe[], name: VariableName): readonly Probe[] {
  const kinds = [...new Set(probes.map(kindOf))].filter(kind => {
    const kin = probes.filter(probe => kindOf(probe) === kind)
    return valuesOf(kin, name).length > 1
  })
  return probes.filter(probe => kinds.includes(kindOf(probe)))
}

function isVariable(axis: AxisName): axis is VariableName {
  return (variableNames as readonly string[]).includes(axis)
}

/** Against time, a line follows what makes an estimate longer. */
function alongTime(varied: readonly VariableName[]): VariableName | undefined {
  return (['copies', 'depth', 'width', 'sigma'] as const).find(name => varied.includes(name))
}

/** One estimator at first, the likelihood ratio if it is there; everything else together. */
function suggested(name: FilterName, from: readonly string[]): string {
  if (name !== 'estimator' || from.length < 2) return ALL
  return from.includes('lr-logit') ? 'lr-logit' : from[0]!
}

function middle(values: readonly number[]): number {
  return values[Math.floor(values.length / 2)]!
}
