import type { Stream } from '../../random/stream.ts'

/** One image; `values` is [height, width, channels], row-major, in [0, 1]. */
export interface Image {
  readonly values: Float32Array
  readonly height: number
  readonly width: number
  readonly channels: number
}

export const severities = [1, 2, 3, 4, 5] as const

/** How strong a corruption is, from barely visible to strong. */
export type Severity = (typeof severities)[number]

/**
 * Random numbers that belong to one image and one kind of corruption, a stream for each purpose.
 * They are the same at every severity, so severities differ by strength alone.
 */
export type ImageRandom = (purpose: string) => Stream

/** Gives the corrupted values of an image, not yet clipped; the image stays as it is. */
export type Corruption = (image: Image, severity: Severity, random: ImageRandom) => Float32Array

/** A corruption whose strength is one of five levels. */
export function bySeverity<Level>(
  levels: readonly [Level, Level, Level, Level, Level],
  apply: (image: Image, level: Level, random: ImageRandom) => Float32Array,
): Corruption {
  return (image, severity, random) => apply(image, levels[severity - 1]!, random)
}

/**
 * What a length in pixels of a 32x32 image is multiplied with in this image. Smaller images take
 * the lengths as they are: below a pixel a blur would vanish.
 */
export function pixelScale({ height, width }: Image): number {
  return Math.max(1, Math.min(height, width) / 32)
}
