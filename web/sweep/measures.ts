import type { Bias, Probe } from '../../server/schemas/gradients.ts'
import * as format from '../format.ts'

export const measureNames = [
  'variance',
  'cosine',
  'cosine-smoothed',
  'bias',
  'bias-smoothed',
  'variance-time',
  'efficiency',
  'efficiency-forwards',
] as const

export type MeasureName = (typeof measureNames)[number]

/** A number of one probe; `bounded`: it is at most this, smaller ones could not be told from 0. */
export interface Measured {
  readonly value: number
  readonly bounded?: boolean
}

export interface Measure {
  readonly title: string
  /** As the name of an axis. */
  readonly axis: string
  /** Logarithmic measures are averaged geometrically, the others plainly. */
  readonly logarithmic: boolean
  readonly of: (probe: Probe) => Measured | null
  /** Whether the spread over the repeats is known. */
  readonly interval?: boolean
  /** How to read it. */
  readonly note: string
}

const bounded = (bias: Bias): Measured | null =>
  bias && {
    value: Math.max(bias.value, bias.resolution),
    bounded: bias.value < bias.resolution,
  }

const positive = (value: number | null): Measured | null =>
  value !== null && value > 0 ? { value } : null

const upTo = 'Hollow points are bounds (≤): so few estimates could not tell the bias from none.'

export const measures: Readonly<Record<MeasureName, Measure>> = {
  variance: {
    title: 'Relative variance',
    axis: 'variance / |backprop gradient|² (log)',
    logarithmic: true,
    of: probe => positive(probe.relativeVariance),
    note: 'Above 1, a single estimate is more noise than gradient.',
  },
  cosine: {
    title: 'Cosine to backprop',
    axis: 'cosine to the backprop gradient',
    logarithmic: false,
    of: ({ cosineMean: value }) => (value === null ? null : { value }),
    interval: true,
    note: 'Of single estimates; 1 is the same direction. Bars: normal 95 % interval over the repeats, for these seeds.',
  },
  'cosine-smoothed': {
    title: 'Cosine to the smoothed gradient',
    axis: 'cosine to the smoothed gradient',
    logarithmic: false,
    of: ({ cosineSmoothed: value }) => (value === null ? null : { value }),
    note: 'Smoothed: the gradient of the objective with the noise, which is what is estimated.',
  },
  bias: {
    title: 'Bias against backprop',
    axis: '|bias| / |backprop gradient| (log)',
    logarithmic: true,
    of: probe => bounded(probe.biasClean),
    note: upTo,
  },
  'bias-smoothed': {
    title: 'Bias against the smoothed gradient',
    axis: '|bias| / |smoothed gradient| (log)',
    logarithmic: true,
    of: probe => bounded(probe.biasSmoothed),
    note: `What is estimated is the gradient with the noise: no bias is expected. ${upTo}`,
  },
  'variance-time': {
    title: 'Variance × time',
    axis: 'relative variance × ms (log)',
    logarithmic: true,
    of: probe => positive(probe.varianceTime),
    note: 'Milliseconds to a relative variance of one, however the copies are divided: less is better.',
  },
  efficiency: {
    title: 'Efficiency by time',
    axis: '1 / (relative variance × s) (log)',
    logarithmic: true,
    of: ({ varianceTime: cost }) => (cost !== null && cost > 0 ? { value: 1000 / cost } : null),
    note: 'Estimates of relative variance one that a second gives: more is better. It depends on the machine.',
  },
  'efficiency-forwards': {
    title: 'Efficiency by forward passes',
    axis: '1 / (relative variance × forward passes) (log)',
    logarithmic: true,
    of: ({ relativeVariance: variance, forwards }) =>
      variance !== null && variance > 0 && forwards !== null && forwards > 0
        ? { value: 1 / (variance * forwards) }
        : null,
    note: 'Estimates of relative variance one that a forward pass gives, on any machine: more is better.',
  },
}

/** A value of a measure as people read it. */
export function measureText({ logarithmic }: Measure, { value, bounded }: Measured): string {
  const text = logarithmic ? format.real(value) : value.toFixed(3).replace('-', '−')
  return bounded ? `≤ ${text}` : text
}
