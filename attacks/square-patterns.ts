import type { Victim } from './victim.ts'

/** An image's axes; what has none is a column of values. */
export interface Extent {
  readonly height: number
  readonly width: number
  readonly channels: number
}

/** One example under attack; all values row-major `[height, width, channels]`. */
export interface Canvas {
  readonly extent: Extent
  readonly epsilon: number
  readonly bounds: Victim['bounds']
  readonly clean: Float32Array
  /** The best change found so far is this less `clean`. */
  readonly best: Float32Array
  /** Where the new candidate goes. */
  readonly target: Float32Array
  /** Uniforms in [0, 1) that belong to this example and query. */
  readonly uniforms: Float32Array
}

/** How the candidates of one norm come about. */
export interface Pattern {
  /** Uniforms that `start` needs. */
  startNumbers(extent: Extent): number
  /** Uniforms that `propose` needs. */
  proposalNumbers(extent: Extent): number
  /** Writes the first candidate. */
  start(canvas: Canvas): void
  /** Writes a candidate that differs from the best one in windows of this side. */
  propose(canvas: Canvas, side: number): void
  /** The side of a window that covers this share of the image; odd for L2 and L1. */
  side(extent: Extent, share: number): number
}

export const sign = (uniform: number) => (uniform < 0.5 ? -1 : 1)

/** Start of a window; every position that fits is equally likely, the last one too. */
export const place = (uniform: number, length: number, side: number) =>
  Math.floor(uniform * (length - side + 1))

export const clamp = (value: number, low: number, high: number) =>
  Math.min(Math.max(value, low), high)

/** The side of a window that covers this share of the image. */
export const sideOf = ({ height, width }: Extent, share: number) =>
  clamp(Math.round(Math.sqrt(share * height * width)), 1, Math.min(height, width))

/** Visits the values of one channel in a window: their index in the image and in the window. */
export function eachInWindow(
  { width, channels }: Extent,
  [top, left]: readonly [number, number],
  side: number,
  channel: number,
  visit: (index: number, row: number, column: number) => void,
): void {
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      visit(((top + row) * width + left + column) * channels + channel, row, column)
    }
  }
}

/** Stripes, then squares that move every channel from one side of the ball to the other. */
export const linfPattern: Pattern = {
  startNumbers: ({ width, channels }) => width * channels,
  proposalNumbers: ({ channels }) => 2 + channels,
  side: sideOf,
  start({ extent: { width, channels }, epsilon, bounds: [low, high], clean, target, uniforms }) {
    const stripes = width * channels
    clean.forEach((value, at) => {
      target[at] = clamp(value + epsilon * sign(uniforms[at % stripes]!), low, high)
    })
  },
  propose({ extent, epsilon, bounds: [low, high], clean, best, target, uniforms }, side) {
    target.set(best)
    const corner = [
      place(uniforms[0]!, extent.height, side),
      place(uniforms[1]!, extent.width, side),
    ] as const
    for (let channel = 0; channel < extent.channels; channel++) {
      const change = 2 * epsilon * sign(uniforms[2 + channel]!)
      eachInWindow(extent, corner, side, channel, at => {
        const origin = clean[at]!
        const moved = clamp(best[at]! + change, origin - epsilon, origin + epsilon)
        target[at] = clamp(moved, low, high)
      })
    }
  },
}
