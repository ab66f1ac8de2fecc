/**
 * Tables of the 256-layer ziggurat for the standard normal density exp(-x²/2): layer `i` reaches
 * from `edge[i + 1]` to `edge[i]`, all layers have equal area, layer 0 holds the tail.
 *
 * @see Marsaglia and Tsang, "The ziggurat method for generating random variables", 2000
 */
const layers = 256
const tailStart = 3.6541528853610088
const area = 4.92867323399e-3

const density = (x: number) => Math.exp(-0.5 * x * x)

/** Right edge of every layer; `edge[0]` is the width of the box that stands for the tail. */
const edge = new Float64Array(layers + 1)
edge[0] = area / density(tailStart)
edge[1] = tailStart
for (let layer = 2; layer < layers; layer++) {
  const previous = edge[layer - 1]!
  edge[layer] = Math.sqrt(-2 * Math.log(area / previous + density(previous)))
}

/** What 23 random bits are multiplied with to reach over a layer. */
const width = edge.map(x => x / 2 ** 23)
/** Below this, 23 random bits lie under the curve without a further test. */
const inside = Int32Array.from({ length: layers }, (_, layer) =>
  Math.floor((edge[layer + 1]! / edge[layer]!) * 2 ** 23),
)

/**
 * Turns 32-bit words into standard normal variables; about one word in eighty needs more.
 *
 * No branch depends on the sign: a processor could not predict it.
 *
 * @param words random words: 8 bits choose the layer, 1 the sign, 23 the place
 * @param out as long as `words`
 * @param more gives the uniforms in (0, 1) with which the word at this index is settled when its
 *   first place is not certain
 */
export function ziggurat(
  words: Uint32Array,
  out: Float32Array,
  more: (index: number) => () => number,
): void {
  const [unit, certain] = [width, inside]
  for (let at = 0; at < out.length; at++) {
    const word = words[at]!
    const layer = word & 255
    const place = word >> 8
    const magnitude = place ^ (place >> 31)
    let x = (place + 0.5) * unit[layer]!
    if (magnitude >= certain[layer]!) {
      x = Math.sign(x) * uncertain(layer, Math.abs(x), more(at))
    }
    out[at] = x
  }
}

/** The slow path: the tail, or the wedge between a layer's box and the curve. */
function uncertain(firstLayer: number, firstX: number, more: () => number): number {
  let layer = firstLayer
  let x = firstX
  for (;;) {
    if (layer === 0) return x < tailStart ? x : tail(more)
    const low = density(edge[layer]!)
    const high = density(edge[layer + 1]!)
    if (low + more() * (high - low) < density(x)) return x
    layer = Math.floor(more() * layers)
    x = more() * edge[layer]!
    if (x < edge[layer + 1]!) return x
  }
}

/** A normal variable beyond `tailStart`. */
function tail(more: () => number): number {
  for (;;) {
    const x = -Math.log(more()) / tailStart
    const y = -Math.log(more())
    if (2 * y >= x * x) return tailStart + x
  }
}
