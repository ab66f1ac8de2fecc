import { BarElement, type ChartConfiguration } from 'chart.js'
import { BarWithErrorBar, BarWithErrorBarsController } from 'chartjs-chart-error-bars'
import { type Axis, Chart, options } from './chart.ts'
import { hatching } from './hatching.ts'
import type { Mark, Surface } from './palette.ts'

Chart.register(BarElement, BarWithErrorBar, BarWithErrorBarsController)

/** One value with its interval and the lines of its tooltip. */
export interface Bar {
  readonly y: number | null
  readonly low?: number | undefined
  readonly high?: number | undefined
  readonly tip: readonly string[]
}

/** Bars of one colour and hatching, one for each label of the axis; undefined leaves a gap. */
export interface BarSeries {
  readonly label: string
  readonly mark: Mark
  readonly bars: readonly (Bar | undefined)[]
}

/** Groups of bars, side by side in the order of the legend. */
export function drawBars(
  labels: readonly string[],
  x: string,
  y: Axis,
  series: readonly BarSeries[],
): (surface: Surface) => ChartConfiguration {
  return surface => {
    const axis: Axis = { title: x, type: 'category', labels }
    const config = options(axis, y, surface, series.length > 1)
    config.interaction = { mode: 'nearest', axis: 'xy', intersect: true }
    config.plugins!.tooltip!.callbacks = {
      title: items => items.map(item => labels[item.dataIndex] ?? ''),
      label: item => [item.dataset.label ?? '', ...(item.raw as Bar).tip],
    }
    const datasets = series.map(({ label, mark, bars }) => {
      const colour = surface.dark ? mark.dark : mark.light
      return {
        label,
        data: labels.map((at, index) => {
          const bar = bars[index]
          if (!bar) return { x: at, y: null, tip: [] }
          const { low, high } = bar
          const interval = low !== undefined && high !== undefined && { yMin: low, yMax: high }
          return { x: at, y: bar.y, tip: bar.tip, ...interval }
        }),
        backgroundColor: hatching(mark.point, colour, surface.background),
        borderColor: colour,
        borderWidth: 1,
        pointStyle: 'rect',
        maxBarThickness: 48,
        errorBarColor: surface.text,
        errorBarWhiskerColor: surface.text,
      }
    })
    return {
      type: BarWithErrorBarsController.id,
      data: { labels: [...labels], datasets },
      options: config,
    } as unknown as ChartConfiguration
  }
}
