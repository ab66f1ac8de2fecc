import type { Probe } from '../../server/schemas/gradients.ts'
import * as format from '../format.ts'

/** What a sweep varies from probe to probe. */
export const variableNames = ['depth', 'width', 'copies', 'sigma'] as const

export type VariableName = (typeof variableNames)[number]

/** What the horizontal axis can show: a variable, the place of a layer, or what an estimate takes. */
export const axisNames = [...variableNames, 'layer', 'time'] as const

export type AxisName = (typeof axisNames)[number]

export interface Variable {
  /** As a word. */
  readonly label: string
  /** In the name of a line. */
  readonly short: string
  /** As the name of an axis. */
  readonly title: string
  readonly of: (probe: Probe) => number | null
  readonly text: (value: number) => string
}

export const variables: Readonly<Record<VariableName, Variable>> = {
  depth: {
    label: 'depth',
    short: 'depth',
    title: 'depth (layers with parameters, log)',
    of: probe => probe.depth,
    text: String,
  },
  width: {
    label: 'width',
    short: 'width',
    title: 'width (units of the widest layer; first channels of a resnet; log)',
    of: probe => probe.width,
    text: String,
  },
  copies: {
    label: 'copies',
    short: 'K',
    title: 'noisy copies K (log)',
    of: probe => probe.copies,
    text: String,
  },
  sigma: {
    label: 'σ',
    short: 'σ',
    title: 'noise σ (log)',
    of: probe => probe.sigma,
    text: format.epsilon,
  },
}

/** Which variables vary: among probes that are alike, else they would make no line. */
export function variedBy(probes: readonly Probe[]): VariableName[] {
  const kinds = [...new Set(probes.map(kindOf))].map(kind =>
    probes.filter(probe => kindOf(probe) === kind),
  )
  return variableNames.filter(name => kinds.some(kin => valuesOf(kin, name).length > 1))
}

/** Probes of one kind are of one architecture, and of one estimator. */
export function kindOf({ architecture, estimator }: Probe): string {
  return `${architecture} ${estimator}`
}

/** The different values of a variable, from small to large. */
export function valuesOf(probes: readonly Probe[], name: VariableName): number[] {
  const found = probes.map(variables[name].of).filter(value => value !== null)
  return [...new Set(found)].sort((a, b) => a - b)
}
