/** A point in the glyph's own frame: x to the right, y down, both in [-1, 1]. */
export type Point = readonly [x: number, y: number]

/** A connected stroke: its corner points in order. */
export type Polyline = readonly Point[]

/** One class of the synthetic set: a name and the strokes that make its skeleton. */
export interface GlyphShape {
  readonly name: string
  readonly strokes: readonly Polyline[]
}

/**
 * The quarter of an ellipse around `centre` that starts at `from` and ends at `to`, in four chords.
 *
 * Points come from the rational form ((1 - t²), 2t) / (1 + t²), which needs no sine or cosine:
 * those may differ in the last digit between machines, the four operations do not.
 */
function quarter([cx, cy]: Point, from: Point, to: Point): Polyline {
  return [0, 0.2, 0.41, 0.67, 1].map(t => {
    const a = (1 - t * t) / (1 + t * t)
    const b = (2 * t) / (1 + t * t)
    return [
      cx + a * (from[0] - cx) + b * (to[0] - cx),
      cy + a * (from[1] - cy) + b * (to[1] - cy),
    ] as const
  })
}

const left: Point = [-0.8, 0]
const right: Point = [0.8, 0]
const top: Point = [0, -1]
const bottom: Point = [0, 1]
const middle: Point = [0, 0]

/** The ten skeletons, in the order of their labels. */
export const glyphShapes: readonly GlyphShape[] = [
  {
    name: 'ring',
    strokes: [
      quarter(middle, top, right),
      quarter(middle, right, bottom),
      quarter(middle, bottom, left),
      quarter(middle, left, top),
    ],
  },
  {
    name: 'plus',
    strokes: [
      [top, bottom],
      [left, right],
    ],
  },
  {
    name: 'tee',
    strokes: [
      [
        [-0.8, -1],
        [0.8, -1],
      ],
      [top, bottom],
    ],
  },
  {
    name: 'ell',
    strokes: [
      [
        [-0.6, -1],
        [-0.6, 1],
        [0.7, 1],
      ],
    ],
  },
  {
    name: 'zed',
    strokes: [
      [
        [-0.8, -1],
        [0.8, -1],
        [-0.8, 1],
        [0.8, 1],
      ],
    ],
  },
  { name: 'vee', strokes: [[[-0.8, -1], bottom, [0.8, -1]]] },
  {
    name: 'arch',
    strokes: [
      [[-0.8, 1], left],
      quarter(middle, left, top),
      quarter(middle, top, right),
      [right, [0.8, 1]],
    ],
  },
  {
    name: 'aitch',
    strokes: [
      [
        [-0.7, -1],
        [-0.7, 1],
      ],
      [
        [0.7, -1],
        [0.7, 1],
      ],
      [
        [-0.7, 0],
        [0.7, 0],
      ],
    ],
  },
  {
    name: 'triangle',
    strokes: [
      [
        [-0.9, 0.9],
        [0, -0.9],
        [0.9, 0.9],
        [-0.9, 0.9],
      ],
    ],
  },
  {
    name: 'fork',
    strokes: [
      [[-0.8, -1], middle, [0.8, -1]],
      [middle, bottom],
    ],
  },
]
