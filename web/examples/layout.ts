import type { GraphContent } from '../../server/schemas/gallery.ts'

/** Where a node is drawn. */
export interface Place {
  readonly x: number
  readonly y: number
}

/**
 * Places in a square of side 2: the target in the middle, its neighbours on a ring about it, theirs
 * on an outer ring, each near the neighbour that it hangs on.
 */
export function placesOf({ nodes, edges }: GraphContent, size: number): Map<number, Place> {
  const middle = size / 2
  const [target] = nodes
  const places = new Map([[target!.node, { x: middle, y: middle }]])
  const angles = new Map<number, number>()
  const put = (node: number, angle: number, radius: number) => {
    angles.set(node, angle)
    places.set(node, {
      x: middle + radius * Math.cos(angle),
      y: middle + radius * Math.sin(angle),
    })
  }
  const near = nodes.filter(({ hop }) => hop === 1)
  const far = nodes.filter(({ hop }) => hop === 2)
  const inner = far.length > 0 ? (middle - 14) * 0.55 : middle - 14
  near.forEach(({ node }, at) => {
    put(node, angleOf(at, near.length), inner)
  })
  const anchored = far
    .map(({ node }) => {
      const edge = edges.find(
        ({ u, v }) => (u === node && angles.has(v)) || (v === node && angles.has(u)),
      )
      const anchor = edge ? (edge.u === node ? edge.v : edge.u) : target!.node
      return { node, angle: angles.get(anchor) ?? 0 }
    })
    .sort((a, b) => a.angle - b.angle || a.node - b.node)
  anchored.forEach(({ node }, at) => {
    put(node, angleOf(at, anchored.length), middle - 14)
  })
  return places
}

function angleOf(at: number, count: number): number {
  return (2 * Math.PI * at) / count - Math.PI / 2
}
