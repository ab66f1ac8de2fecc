import type { Drawing } from './chart.ts'

/** Words at a place of a chart. */
export interface NamedPoint {
  readonly x: number
  readonly y: number
  readonly text: string
}

/** A drawing with words above some of its points. */
export function withNames(drawing: Drawing, points: readonly NamedPoint[]): Drawing {
  return surface => {
    const config = drawing(surface)
    const annotation = config.options!.plugins!.annotation as { annotations: object }
    const labels = points.map(({ x, y, text }, at) => [
      `name${at}`,
      {
        type: 'label',
        ...{ xValue: x, yValue: y, content: text, color: surface.text, yAdjust: -16 },
        backgroundColor: `${surface.background}d0`,
        font: { size: 11.5, weight: 'bold' },
        padding: 1,
      },
    ])
    annotation.annotations = { ...annotation.annotations, ...Object.fromEntries(labels) }
    return config
  }
}
