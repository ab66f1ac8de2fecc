import {
  type DegreeSums,
  degreeSums,
  degreeThreshold,
  powerLawStatistic,
  withDegree,
} from '../degree-test.ts'
import type { CoOccurrence } from './co-occurrence.ts'
import type { TargetLogits } from './target-logits.ts'

/** One change of the target: an edge to another node, or a feature of its own. */
export type Flip =
  | { readonly kind: 'edge'; readonly other: number }
  | { readonly kind: 'feature'; readonly feature: number }

/** Where the search for flips stands. */
export interface Search {
  readonly target: number
  /** The class the target is to leave. */
  readonly label: number
  readonly mayFlip: { readonly edges: boolean; readonly features: boolean }
  /** W of the surrogate, `[features · classes]`. */
  readonly weights: Float32Array
  /** The target's features as they are now. */
  readonly row: Float32Array
  readonly state: TargetLogits
  readonly occurrence: CoOccurrence
  /** Of the clean graph. */
  readonly cleanDegrees: DegreeSums
  /** Flips so far; none is taken back. */
  readonly flips: Flip[]
}

interface Scored {
  readonly flip: Flip
  /** Of the target, after the flip. */
  readonly margin: number
}

/** Makes the unnoticeable flip that lowers the margin most; false where none lowers it. */
export function makeBestFlip(search: Search): boolean {
  const { state, label, mayFlip, row, flips } = search
  const before = state.logits()
  let margin = marginOf(before, label)
  let best: Flip | undefined
  const candidates = [
    ...(mayFlip.edges ? scoredEdges(search) : []),
    ...(mayFlip.features ? scoredFeatures(search, before) : []),
  ]
  for (const candidate of candidates) {
    if (!(candidate.margin < margin)) continue
    margin = candidate.margin
    best = candidate.flip
  }
  if (!best) return false
  if (best.kind === 'edge') state.toggle(best.other)
  else {
    state.addToOwn(changeOf(search, best.feature))
    row[best.feature] = row[best.feature] === 0 ? 1 : 0
  }
  flips.push(best)
  return true
}

/** `z_y − max_{i≠y} z_i` */
export function marginOf(logits: Float64Array, label: number): number {
  let other = -Infinity
  for (const [c, z] of logits.entries()) if (c !== label) other = Math.max(other, z)
  return logits[label]! - other
}

function scoredEdges({ target, label, state, cleanDegrees, flips }: Search): Scored[] {
  const { degrees, neighbours } = state
  const sums = degreeSums(degrees)
  const flipped = new Set(flips.map(flip => (flip.kind === 'edge' ? flip.other : -1)))
  const scored: Scored[] = []
  for (let other = 0; other < degrees.length; other++) {
    if (other === target || flipped.has(other)) continue
    const change = neighbours[target]!.has(other) ? -1 : 1
    const [own, its] = [degrees[target]!, degrees[other]!]
    if (change === -1 && (own === 1 || its === 1)) continue
    const after = withDegree(withDegree(sums, own, own + change), its, its + change)
    if (!(powerLawStatistic(cleanDegrees, after) < degreeThreshold)) continue
    state.toggle(other)
    scored.push({ flip: { kind: 'edge', other }, margin: marginOf(state.logits(), label) })
    state.toggle(other)
  }
  return scored
}

function scoredFeatures(search: Search, before: Float64Array): Scored[] {
  const { target, label, state, row, occurrence, flips } = search
  const flipped = new Set(flips.map(flip => (flip.kind === 'feature' ? flip.feature : -1)))
  const share = state.ownShare()
  const scored: Scored[] = []
  for (let feature = 0; feature < row.length; feature++) {
    if (flipped.has(feature)) continue
    if (row[feature] === 0 && !occurrence.allows(target, feature)) continue
    const change = changeOf(search, feature)
    const margin = marginOf(
      before.map((z, c) => z + share * change[c]!),
      label,
    )
    scored.push({ flip: { kind: 'feature', feature }, margin })
  }
  return scored
}

/** What a feature's flip adds to the target's row of X W. */
function changeOf({ weights, row }: Search, feature: number): Float64Array {
  const classes = weights.length / row.length
  const change = row[feature] === 0 ? 1 : -row[feature]!
  return Float64Array.from(
    weights.subarray(feature * classes, (feature + 1) * classes),
    weight => change * weight,
  )
}
