/**
 * A sequential scale from dark blue over grey to yellow: its lightness rises all the way, so that
 * colour-blind readers and grey prints keep the order. The colours are near those of cividis.
 * @see Nuñez, Anderton and Renslow (2018), Optimizing colormaps with consideration for color vision
 *   deficiency.
 */
const stops = ['#00224e', '#7c7b78', '#fee838'] as const

/** The scale's colour at a share from 0 to 1, as `#rrggbb`. */
export function heatColour(share: number): string {
  const place = Math.min(Math.max(share, 0), 1) * (stops.length - 1)
  const below = Math.min(Math.floor(place), stops.length - 2)
  const [from, to] = [channels(stops[below]!), channels(stops[below + 1]!)]
  const mixed = from.map((value, at) => Math.round(value + (place - below) * (to[at]! - value)))
  return `#${mixed.map(value => value.toString(16).padStart(2, '0')).join('')}`
}

/** Black or white, whichever can be read on this ground: at least 4.58 to 1 on any. */
export function inkOn(ground: string): string {
  return contrast(ground, '#000000') >= contrast(ground, '#ffffff') ? '#000000' : '#ffffff'
}

/**
 * Contrast of two colours, from 1 to 21.
 * @see https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio
 */
export function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (high! + 0.05) / (low! + 0.05)
}

/** Relative luminance of a colour, from 0 to 1. */
export function luminance(colour: string): number {
  const [red, green, blue] = channels(colour).map(value => {
    const share = value / 255
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}

function channels(colour: string): number[] {
  return [1, 3, 5].map(at => Number.parseInt(colour.slice(at, at + 2), 16))
}
