import {
  CategoryScale,
  Chart,
  type ChartConfiguration,
  type ChartOptions,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  SubTitle,
  Title,
  Tooltip,
} from 'chart.js'
import { LineWithErrorBarsController, PointWithErrorBar } from 'chartjs-chart-error-bars'
import annotation from 'chartjs-plugin-annotation'
import type { Surface } from './palette.ts'

Chart.register(
  CategoryScale,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  SubTitle,
  Title,
  Tooltip,
  LineWithErrorBarsController,
  PointWithErrorBar,
  annotation,
)

export const font =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif'
Chart.defaults.font.family = font
Chart.defaults.font.size = 12.5

/** A chart for one surface; made again when the colours change. */
export type Drawing = (surface: Surface) => ChartConfiguration

/** One axis: its name with the unit, and its scale. */
export interface Axis {
  readonly title: string
  readonly type: 'linear' | 'logarithmic' | 'category'
  readonly min?: number
  readonly max?: number
  readonly labels?: readonly string[]
  /** How a tick reads; Chart.js decides if left out. */
  readonly tick?: (value: number) => string
  /** Ticks exactly here. */
  readonly ticks?: readonly number[]
}

/** Options that all charts share: size from the frame, named axes, calm grid, no animation. */
export function options(x: Axis, y: Axis, surface: Surface, legend: boolean): ChartOptions {
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: false,
    normalized: true,
    interaction: { mode: 'nearest', axis: 'xy', intersect: false },
    layout: { padding: { top: 6, right: 10 } },
    scales: { x: axis(x, surface, false), y: axis(y, surface, true) },
    plugins: {
      title: { display: false },
      legend: {
        display: legend,
        position: 'top',
        align: 'start',
        labels: {
          color: surface.text,
          usePointStyle: true,
          boxHeight: 7,
          padding: 16,
          filter: item => !item.text.startsWith(HIDDEN),
        },
        onClick: () => {},
      },
      tooltip: {
        backgroundColor: surface.dark ? '#0c1116' : '#17212b',
        titleColor: '#ffffff',
        bodyColor: '#ffffff',
        padding: 10,
        displayColors: false,
      },
    },
  }
}

/** Labels that begin like this stay out of the legend: single seeds, reference lines. */
export const HIDDEN = '·'

function axis(one: Axis, surface: Surface, vertical: boolean) {
  const { tick, ticks } = one
  return {
    type: one.type,
    ...(one.min !== undefined && { min: one.min }),
    ...(one.max !== undefined && { max: one.max }),
    ...(one.labels && { labels: [...one.labels] }),
    ...(one.type === 'category' && { offset: true }),
    title: { display: true, text: one.title, color: surface.muted },
    grid: { color: surface.grid, drawTicks: false, display: vertical },
    border: { color: surface.muted, display: !vertical },
    ticks: {
      color: surface.muted,
      padding: 6,
      maxRotation: 40,
      ...(tick && { callback: (value: string | number) => tick(Number(value)) }),
    },
    ...(ticks && {
      afterBuildTicks: (scale: { ticks: unknown }) => {
        scale.ticks = ticks.map(value => ({ value }))
      },
    }),
  } as unknown as NonNullable<ChartOptions['scales']>[string]
}

/** A drawing with its title and note on white at twice the size, as a PNG. */
export async function toPng(
  drawing: Drawing,
  surface: Surface,
  title: string,
  note: readonly string[],
  width: number,
  height: number,
): Promise<Blob> {
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const config = drawing(surface)
  const chart = new Chart(canvas, {
    ...config,
    options: {
      ...config.options,
      responsive: false,
      devicePixelRatio: 2,
      layout: { padding: 16 },
      plugins: {
        ...config.options?.plugins,
        title: { display: true, text: title, color: surface.text, align: 'start', padding: 4 },
        subtitle: { display: true, text: [...note], color: surface.muted, align: 'start' },
      },
    },
    plugins: [{ id: 'paper', beforeDraw: chart => paint(chart, surface.background) }],
  })
  const blob = await new Promise<Blob | null>(resolve => canvas.toBlob(resolve, 'image/png'))
  chart.destroy()
  if (!blob) throw new Error('the browser could not make a PNG')
  return blob
}

function paint({ ctx, width, height }: Chart, colour: string): void {
  ctx.save()
  ctx.globalCompositeOperation = 'destination-over'
  ctx.fillStyle = colour
  ctx.fillRect(0, 0, width, height)
  ctx.restore()
}

export { Chart }
