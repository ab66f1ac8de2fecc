import type { ChartDataset } from 'chart.js'
import { type Drawing, HIDDEN } from './chart.ts'
import type { Mark } from './palette.ts'

/** A line without points or tooltip, behind the others: what a single seed gave. */
export interface ThinLine {
  readonly mark: Mark
  readonly points: readonly { readonly x: number; readonly y: number }[]
}

/** A drawing with thin lines behind what it shows. */
export function withThinLines(drawing: Drawing, lines: readonly ThinLine[]): Drawing {
  return surface => {
    const config = drawing(surface)
    const added = lines.map(({ mark, points }) => ({
      type: 'line',
      label: HIDDEN,
      data: points.map(point => ({ ...point, tip: [] })),
      borderColor: `${surface.dark ? mark.dark : mark.light}77`,
      borderWidth: 1,
      pointRadius: 0,
      pointHitRadius: 0,
      clip: 10,
      order: 3,
    }))
    config.data.datasets.push(...(added as unknown as ChartDataset[]))
    return config
  }
}
