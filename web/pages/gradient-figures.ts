import type { Probe } from '../../server/schemas/gradients.ts'
import { drawLines, type Line, type LinePoint } from '../charts/lines.ts'
import { marksOf } from '../charts/palette.ts'
import type { Column } from '../columns.ts'
import { figure } from '../figure.ts'
import * as format from '../format.ts'
import { armName } from '../names.ts'

/** Quantile of the normal distribution for 95 % intervals of a mean. */
const Z95 = 1.96

/** Variance of an estimate over the squared norm of the reference, on a logarithmic axis. */
export function varianceFigure(probes: readonly Probe[]): HTMLElement {
  const some = probes.filter(probe => (probe.relativeVariance ?? 0) > 0)
  return figure({
    name: 'gradient-variance',
    title: 'Relative variance by layer',
    note: `${repeats(probes)} Lines: geometric mean over the seeds; small points: single seeds. An estimate without variance (plain backprop) has no place on this axis.`,
    finding: extremes(some, probe => probe.relativeVariance, 'relative variance'),
    drawing: drawLines({
      x: layers(probes),
      y: { title: 'variance / |gradient|² (log)', type: 'logarithmic', tick: powers },
      lines: linesOf(some, probe => probe.relativeVariance, geometricMean),
    }),
    columns,
    rows: probes,
  })
}

/** Cosine between single estimates and the reference: 1 is backprop's direction. */
export function cosineFigure(probes: readonly Probe[]): HTMLElement {
  const some = probes.filter(probe => probe.cosineMean !== null)
  return figure({
    name: 'gradient-cosine',
    title: 'Cosine to the backprop gradient by layer',
    note: `${repeats(probes)} Bars: normal 95 % interval of the mean cosine over repeats (and seeds); small points: single seeds. 1 is the same direction, 0 is orthogonal.`,
    finding: extremes(some, probe => probe.cosineMean, 'mean cosine'),
    drawing: drawLines({
      x: layers(probes),
      y: {
        title: 'cosine',
        type: 'linear',
        max: 1.05,
        ...(some.every(probe => probe.cosineMean! > cosineHalf([probe])) && { min: 0 }),
        tick: value => (value > 1 ? '' : format.epsilon(value)),
      },
      lines: linesOf(some, probe => probe.cosineMean, mean, cosineHalf),
      references: [{ y: 1 }, { y: 0 }],
    }),
    columns,
    rows: probes,
  })
}

/** Time of one estimate. */
export function costFigure(probes: readonly Probe[]): HTMLElement {
  return figure({
    name: 'gradient-cost',
    title: 'Time of one estimate by layer',
    note: 'Wall time, mean over repeats; it depends on the machine. Small points: single seeds.',
    finding: extremes(probes, probe => probe.milliseconds, 'milliseconds'),
    drawing: drawLines({
      x: layers(probes),
      y: { title: 'time (ms, log)', type: 'logarithmic', tick: powers },
      lines: linesOf(probes, probe => probe.milliseconds, geometricMean),
    }),
    columns,
    rows: probes,
  })
}

function linesOf(
  probes: readonly Probe[],
  value: (probe: Probe) => number | null,
  centre: (values: readonly number[]) => number,
  half?: (group: readonly Probe[]) => number,
): Line[] {
  const keys = [...new Set(probes.map(estimatorKey))]
  const marks = marksOf(keys.map(key => probes.find(one => estimatorKey(one) === key)!.estimator))
  return keys.map((key, index) => {
    const own = probes.filter(probe => estimatorKey(probe) === key)
    const points = sites(own).map(site => {
      const group = own.filter(probe => probe.site === site)
      const values = group.map(probe => value(probe)!)
      const y = centre(values)
      const h = half?.(group)
      const interval = h === undefined ? '' : ` ± ${format.real(h)}`
      const point: LinePoint = {
        x: site,
        y,
        ...(h !== undefined && { low: y - h, high: y + h }),
        seeds: values,
        tip: [`${site}: ${format.real(y)}${interval}`, `${group[0]!.repeats} repeats a seed`],
      }
      return point
    })
    return { label: estimatorLabel(own[0]!), mark: marks[index]!, points }
  })
}

function estimatorKey({ estimator, copies, sigma }: Probe): string {
  return JSON.stringify([estimator, copies, sigma])
}

function estimatorLabel({ estimator, copies, sigma }: Probe): string {
  if (estimator === 'bp') return armName(estimator)
  return `${armName(estimator)}, ${format.plural(copies, 'copy').replace('copys', 'copies')}, σ ${format.epsilon(sigma)}`
}

function layers(probes: readonly Probe[]) {
  return { title: 'layer, from input to output', type: 'category', labels: sites(probes) } as const
}

function sites(probes: readonly Probe[]): string[] {
  const ordered = [...probes].sort((a, b) => a.siteIndex - b.siteIndex)
  return [...new Set(ordered.map(probe => probe.site))]
}

function repeats(probes: readonly Probe[]): string {
  const of = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b).join(' or ')
  const seeds = new Set(probes.map(probe => probe.seed)).size
  return (
    `n = ${of(probes.map(probe => probe.repeats))} estimates of one batch of ` +
    `${of(probes.map(probe => probe.batch))} examples, ${format.plural(seeds, 'seed')}.`
  )
}

function extremes(
  probes: readonly Probe[],
  value: (probe: Probe) => number | null,
  what: string,
): string {
  const ordered = [...probes].sort((a, b) => value(a)! - value(b)!)
  const [low, high] = [ordered[0], ordered.at(-1)]
  if (!low || !high) return 'No values.'
  const say = (probe: Probe) =>
    `${format.real(value(probe))} (${estimatorLabel(probe)}, layer ${probe.site})`
  return `The ${what} goes from ${say(low)} to ${say(high)}.`
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(mean(values.map(value => Math.log(value))))
}

/** Half the interval of the mean over seeds from the standard deviations within each. */
function cosineHalf(group: readonly Probe[]): number {
  const squares = group.map(({ cosineSd, repeats }) => (cosineSd ?? 0) ** 2 / repeats)
  return (Z95 * Math.sqrt(squares.reduce((sum, one) => sum + one, 0))) / group.length
}

function powers(value: number): string {
  const exponent = Math.floor(Math.log10(value) + 1e-9)
  const mantissa = Math.round(value / 10 ** exponent)
  if (![1, 2, 5].includes(mantissa)) return ''
  return Math.abs(exponent) < 4 ? String(Number(value.toPrecision(1))) : `${mantissa}e${exponent}`
}

/** The rows of `gradient_probe` as a table. */
export const columns: readonly Column<Probe>[] = [
  { header: 'Model', value: probe => `${armName(probe.arm)} seed ${probe.seed}`, href: runOf },
  { header: 'Layer', value: probe => probe.site },
  { header: 'Estimator', value: probe => armName(probe.estimator) },
  { header: 'Copies', value: probe => probe.copies, numeric: true },
  {
    header: 'σ',
    value: probe => probe.sigma,
    text: probe => format.epsilon(probe.sigma),
    numeric: true,
  },
  { header: 'n', unit: 'repeats', value: probe => probe.repeats, numeric: true },
  {
    header: 'Variance',
    value: probe => probe.variance,
    text: probe => format.real(probe.variance),
    numeric: true,
  },
  {
    header: 'Relative variance',
    value: probe => probe.relativeVariance,
    text: probe => format.real(probe.relativeVariance),
    numeric: true,
  },
  {
    header: 'Cosine',
    value: probe => probe.cosineMean,
    text: probe => format.real(probe.cosineMean),
    numeric: true,
  },
  {
    header: 'Cosine sd',
    value: probe => probe.cosineSd,
    text: probe => format.real(probe.cosineSd),
    numeric: true,
  },
  {
    header: 'Cosine of mean',
    value: probe => probe.cosineOfMean,
    text: probe => format.real(probe.cosineOfMean),
    numeric: true,
  },
  {
    header: 'ms',
    unit: 'milliseconds',
    value: probe => probe.milliseconds,
    text: probe => format.real(probe.milliseconds),
    numeric: true,
  },
]

function runOf(probe: Probe): string {
  return `/runs/${probe.model}`
}
