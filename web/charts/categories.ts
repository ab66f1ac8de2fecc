import type { Axis } from './chart.ts'

/**
 * An axis with a place for each name, from 0; its points can be set apart sideways, unlike those of
 * Chart.js's own.
 */
export function categories(title: string, names: readonly string[]): Axis {
  return {
    title,
    type: 'linear',
    min: -0.5,
    max: names.length - 0.5,
    ticks: names.map((_, at) => at),
    tick: value => names[value] ?? '',
  }
}

/** How far lines are set apart so that `count` of them share the room of one name. */
export function sharing(count: number): number {
  return Math.min(0.16, 0.7 / Math.max(count, 1))
}
