/**
 * Colours and marks of the series: the palette of Okabe and Ito, which colour-blind readers can
 * tell apart, in the shades that keep three to one against each background. A series also has its
 * own mark and dash, so that colour is never the only channel.
 * @see https://jfly.uni-koeln.de/color/
 */
export interface Mark {
  readonly light: string
  readonly dark: string
  readonly point: 'circle' | 'triangle' | 'rectRot' | 'rect' | 'star' | 'crossRot'
  readonly dash: readonly number[]
}

const marks: Readonly<Record<string, Mark>> = {
  bp: { light: '#0072b2', dark: '#56b4e9', point: 'circle', dash: [] },
  'lr-logit': { light: '#d55e00', dark: '#f2a33a', point: 'triangle', dash: [] },
  'bp-noise': { light: '#00805e', dark: '#2bc79a', point: 'rectRot', dash: [7, 4] },
}

const others: readonly Mark[] = [
  { light: '#a8437f', dark: '#e08fbd', point: 'rect', dash: [2, 3] },
  { light: '#5c5c5c', dark: '#c4c4c4', point: 'star', dash: [10, 3, 2, 3] },
  { light: '#8a6d00', dark: '#f0e442', point: 'crossRot', dash: [4, 2] },
]

/** The mark of what independent estimates share; no arm of a plan of ours has it beside them. */
export const sharedMark: Mark = others[0]!

/** The mark of an arm; arms that came later share the remaining ones. */
export function markOf(arm: string, position = 0): Mark {
  return marks[arm] ?? others[position % others.length]!
}

/** Marks of a list of series: the first of an arm has the arm's own, a second one another. */
export function marksOf(arms: readonly string[]): Mark[] {
  const seen = new Set<string>()
  let extra = 0
  return arms.map(arm => {
    const own = marks[arm]
    if (own && !seen.has(arm)) {
      seen.add(arm)
      return own
    }
    return others[extra++ % others.length]!
  })
}

/** Ends of a ramp of colours for each ground, against which all of it keeps three to one. */
interface Ramp {
  readonly light: readonly [from: string, to: string]
  readonly dark: readonly [from: string, to: string]
  readonly dash: readonly number[]
}

const ramps: readonly Ramp[] = [
  { light: ['#33197a', '#14959b'], dark: ['#8f83ff', '#8ff0e0'], dash: [] },
  { light: ['#8b1a1a', '#d07a00'], dark: ['#ff7a6b', '#ffd98a'], dash: [7, 4] },
  { light: ['#0b4d1f', '#7a9a00'], dark: ['#3fbf6a', '#d9f28c'], dash: [2, 3] },
  { light: ['#5b0f80', '#d0559b'], dark: ['#c084ff', '#ffc0e4'], dash: [10, 3, 2, 3] },
  { light: ['#252525', '#808080'], dark: ['#8a8a8a', '#eeeeee'], dash: [4, 2] },
]

const points: readonly Mark['point'][] = [
  'circle',
  'triangle',
  'rect',
  'rectRot',
  'star',
  'crossRot',
]

/** Marks of lines in families: a ramp and a dash a family, a colour and a point style a member. */
export function familyMarks(families: readonly string[]): Mark[] {
  const names = [...new Set(families)]
  return families.map((family, index) => {
    const ramp = ramps[names.indexOf(family) % ramps.length]!
    const size = families.filter(other => other === family).length
    const at = families.slice(0, index).filter(other => other === family).length
    const share = size > 1 ? at / (size - 1) : 0.6
    return {
      light: between(ramp.light, share),
      dark: between(ramp.dark, share),
      point: points[at % points.length]!,
      dash: ramp.dash,
    }
  })
}

/** Marks of lines that are not related: colour, dash and point style all differ, for up to five. */
export function unrelatedMarks(names: readonly string[]): Mark[] {
  return familyMarks(names).map((mark, index) => ({
    ...mark,
    point: points[index % points.length]!,
  }))
}

/** The colour at a share of the way from one to the other, channel by channel. */
function between([from, to]: readonly [string, string], share: number): string {
  const channel = (colour: string, at: number) => Number.parseInt(colour.slice(at, at + 2), 16)
  const mixed = [1, 3, 5].map(at =>
    Math.round(channel(from, at) + share * (channel(to, at) - channel(from, at))),
  )
  return `#${mixed.map(value => value.toString(16).padStart(2, '0')).join('')}`
}

/** Colours of everything in a chart that is not data. */
export interface Surface {
  readonly dark: boolean
  readonly text: string
  readonly muted: string
  readonly grid: string
  readonly background: string
}

/** The surface of the light or the dark page; the same as in style.css. */
export function surface(dark: boolean): Surface {
  return dark
    ? { dark, text: '#e6ebf0', muted: '#a3b0bd', grid: '#2b3641', background: '#171e26' }
    : { dark, text: '#17212b', muted: '#55636f', grid: '#e3e8ec', background: '#ffffff' }
}
