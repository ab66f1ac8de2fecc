/** Numbers of an image, `[height, width, channels]`, and how they are drawn: one pixel a pixel. */

export type Shape = readonly [height: number, width: number, channels: number]

/** Base64 of float32, little-endian. */
export function decodeFloats(base64: string): Float32Array {
  return new Float32Array(decodeBytes(base64).buffer)
}

/** Base64 of bytes. */
export function decodeBytes(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), letter => letter.charCodeAt(0))
}

/** Red, green and blue from 0 to 255. */
type Colour = readonly [red: number, green: number, blue: number]

/** Ends and middle of the scale of changes: blue is darker, vermilion is lighter (Okabe and Ito). */
const darker: Colour = [0, 114, 178]
const lighter: Colour = [213, 94, 0]
const unchanged: Colour = [247, 247, 247]

/** Draws an image whose values go from 0 to 1; grey where it has one channel. */
export function drawImage(canvas: HTMLCanvasElement, shape: Shape, values: Float32Array): void {
  const channels = shape[2]
  draw(canvas, shape, at => {
    const value = (channel: number) =>
      Math.round(255 * values[at * channels + Math.min(channel, channels - 1)]!)
    return [value(0), value(1), value(2)]
  })
}

/**
 * Draws a change, `factor` times as large. With one channel on a scale from blue over white to
 * vermilion; with three as the colours' own changes about a middle grey.
 */
export function drawChange(
  canvas: HTMLCanvasElement,
  shape: Shape,
  change: Float32Array,
  factor: number,
): void {
  const channels = shape[2]
  draw(canvas, shape, at => {
    if (channels === 1) return diverging(factor * change[at]!)
    const value = (channel: number) =>
      127.5 + 127.5 * limited(factor * change[at * channels + Math.min(channel, channels - 1)]!)
    return [value(0), value(1), value(2)]
  })
}

/** The colour of a change from −1 to 1. */
export function diverging(change: number): Colour {
  const size = Math.abs(limited(change))
  const end = change < 0 ? darker : lighter
  const mixed = (at: 0 | 1 | 2) => unchanged[at] + size * (end[at] - unchanged[at])
  return [mixed(0), mixed(1), mixed(2)]
}

/** Adversarial minus clean. */
export function changeOf(clean: Float32Array, adversarial: Float32Array): Float32Array {
  return adversarial.map((value, at) => value - clean[at]!)
}

/** The largest absolute value. */
export function largest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
}

const factors = [1, 2, 5, 10, 20, 50, 100] as const

/** How often changes can be enlarged. */
export const factorNames: readonly string[] = factors.map(String)

/** The largest factor at which a change of this size still fits the scale. */
export function fittingFactor(size: number): number {
  return factors.findLast(factor => factor * size <= 1 + 1e-6) ?? 1
}

function draw(canvas: HTMLCanvasElement, shape: Shape, colourAt: (at: number) => Colour): void {
  const [height, width] = shape
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext('2d')!
  const image = context.createImageData(width, height)
  for (let at = 0; at < height * width; at++) image.data.set([...colourAt(at), 255], 4 * at)
  context.putImageData(image, 0, 0)
}

function limited(value: number): number {
  return Math.max(-1, Math.min(1, value))
}
