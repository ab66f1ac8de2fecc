import type { ChartConfiguration, ChartDataset } from 'chart.js'
import { LineWithErrorBarsController, PointWithErrorBar } from 'chartjs-chart-error-bars'
import { type Axis, HIDDEN, options } from './chart.ts'
import type { Mark, Surface } from './palette.ts'

/** A value with its interval, and what single seeds gave. */
export interface LinePoint {
  readonly x: number | string
  readonly y: number | null
  readonly low?: number | undefined
  readonly high?: number | undefined
  readonly seeds?: readonly number[]
  /** Drawn as an outline: a bound, not a value. */
  readonly hollow?: boolean
  /** Lines of the tooltip. */
  readonly tip: readonly string[]
}

/** One line of a chart. */
export interface Line {
  readonly label: string
  readonly mark: Mark
  readonly points: readonly LinePoint[]
  readonly bold?: boolean
  /** Instead of the mark's own dash. */
  readonly dash?: readonly number[]
  /** Radius of its points; larger ones are seen behind those of other lines. */
  readonly radius?: number
  /** Points without a line between them. */
  readonly loose?: boolean
}

/** A horizontal line to read the others against. */
export interface Reference {
  readonly y: number
  readonly label?: string
  /** At which end of the line the label stands; at its start if left out. */
  readonly end?: boolean
  readonly mark?: Mark
}

/** What a line chart shows. */
export interface LineChart {
  readonly x: Axis
  readonly y: Axis
  readonly lines: readonly Line[]
  readonly references?: readonly Reference[]
  /** A vertical line at the value that the text talks about. */
  readonly marked?: number | undefined
  /** Sets the lines apart sideways by this much, so that their intervals do not hide each other. */
  readonly apart?: number
  readonly legend?: boolean
}

/** Lines with intervals and, behind them, the points of the single seeds. */
export function drawLines(chart: LineChart): (surface: Surface) => ChartConfiguration {
  return surface => {
    const config = options(chart.x, chart.y, surface, chart.legend ?? true)
    config.plugins!.annotation = { annotations: annotations(chart, surface) as never }
    config.plugins!.tooltip!.callbacks = {
      title: () => '',
      label: item => {
        const line = item.dataset.label ?? ''
        const { tip } = item.raw as { tip: readonly string[] }
        return [line.replace(HIDDEN, ''), ...tip]
      },
    }
    config.plugins!.tooltip!.filter = item => !item.dataset.label?.startsWith(HIDDEN)
    const datasets = chart.lines.flatMap((line, index) => {
      const moved = shifted(line, (chart.apart ?? 0) * (index - (chart.lines.length - 1) / 2))
      return [mean(moved, surface), ...seeds(moved, surface)]
    })
    return {
      type: LineWithErrorBarsController.id,
      data: { datasets: datasets as unknown as ChartDataset[] },
      options: config,
    } as unknown as ChartConfiguration
  }
}

function shifted(line: Line, by: number): Line {
  const move = ({ x, ...point }: LinePoint) => ({ ...point, x: typeof x === 'number' ? x + by : x })
  return by === 0 ? line : { ...line, points: line.points.map(move) }
}

function colourOf(mark: Mark, surface: Surface): string {
  return surface.dark ? mark.dark : mark.light
}

function mean(line: Line, surface: Surface) {
  const colour = colourOf(line.mark, surface)
  return {
    label: line.label,
    data: line.points.map(({ x, y, low, high, tip }) => ({
      x,
      y,
      ...(low !== undefined && high !== undefined && { yMin: low, yMax: high }),
      tip,
    })),
    borderColor: colour,
    backgroundColor: colour,
    // Chart.js looks for a point's own options under the name of its element.
    [`${PointWithErrorBar.id}Radius`]: line.radius ?? (line.bold ? 5 : 4),
    [`${PointWithErrorBar.id}HoverRadius`]: (line.radius ?? 5) + 2,
    [`${PointWithErrorBar.id}BackgroundColor`]: line.points.map(({ hollow }) =>
      hollow ? surface.background : colour,
    ),
    borderWidth: line.bold ? 3 : 2,
    borderDash: [...(line.dash ?? line.mark.dash)],
    showLine: !line.loose,
    pointStyle: line.mark.point,
    errorBarColor: colour,
    errorBarWhiskerColor: colour,
    errorBarLineWidth: line.bold ? 2 : 1.5,
    errorBarWhiskerLineWidth: line.bold ? 2 : 1.5,
    errorBarWhiskerSize: 9,
    clip: 10,
    order: 1,
  }
}

function seeds(line: Line, surface: Surface) {
  const data = line.points.flatMap(({ x, seeds: values = [] }) =>
    values.length > 1 ? values.map(y => ({ x, y, tip: [] })) : [],
  )
  if (data.length === 0) return []
  const colour = colourOf(line.mark, surface)
  return [
    {
      type: 'line',
      label: HIDDEN + line.label,
      data,
      showLine: false,
      borderColor: colour,
      backgroundColor: `${colour}55`,
      borderWidth: 1,
      pointStyle: 'circle',
      pointRadius: 3,
      pointHoverRadius: 3,
      clip: 10,
      order: 2,
    },
  ]
}

function annotations({ references = [], marked }: LineChart, surface: Surface) {
  const found: Record<string, unknown> = {}
  for (const [index, { y, label, end, mark }] of references.entries()) {
    found[`reference${index}`] = {
      type: 'line',
      yMin: y,
      yMax: y,
      borderColor: mark ? colourOf(mark, surface) : surface.muted,
      borderWidth: 1.25,
      borderDash: mark ? [1, 4] : [6, 5],
      drawTime: 'beforeDatasetsDraw',
      ...(label && { label: text(label, end ? 'end' : 'start', surface) }),
    }
  }
  if (marked !== undefined) {
    found.marked = {
      type: 'line',
      xMin: marked,
      xMax: marked,
      borderColor: surface.muted,
      borderWidth: 1,
      borderDash: [2, 3],
      drawTime: 'beforeDatasetsDraw',
    }
  }
  return found
}

function text(content: string, position: 'start' | 'end', surface: Surface) {
  return {
    display: true,
    content,
    position,
    color: surface.muted,
    backgroundColor: `${surface.background}d0`,
    font: { size: 11, weight: 'normal' },
    padding: 2,
    yAdjust: -10,
  }
}
