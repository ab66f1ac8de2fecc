import { z } from 'zod'
import { type Architecture, architectureSchema } from '../../models/architecture.ts'

const values = z.array(z.int().min(1)).min(1).optional()

/**
 * Sizes of an architecture that are crossed with each other: a group of models for each.
 *
 * `depth` and `width` are the options of these names; of an mlp, the number of its hidden layers
 * and the width that all of them have. What is left out stays as the architecture says.
 */
export const varySchema = z.strictObject({ depth: values, width: values })

type Vary = z.infer<typeof varySchema>
type Size = keyof Vary

/** One combination of sizes, e.g. `{ depth: 4, width: 64 }`. */
type Sizes = Partial<Record<Size, number>>

/**
 * The architecture with every combination of sizes, depth by depth.
 *
 * @param refuse is told about each that there is not
 */
export function varied(
  architecture: Architecture,
  { depth, width }: Vary,
  refuse: (size: Size, message: string) => void,
): Architecture[] {
  const combinations = (depth ?? [undefined]).flatMap(d =>
    (width ?? [undefined]).map((w): Sizes => ({ ...(d && { depth: d }), ...(w && { width: w }) })),
  )
  return combinations.flatMap(sizes => {
    const changed = withSizes(architecture, sizes, refuse)
    if (!changed) return []
    const { success, data, error } = architectureSchema.safeParse(changed)
    if (success) return [data]
    const { path, message } = error.issues[0]!
    refuse(path[0] === 'width' || !sizes.depth ? 'width' : 'depth', message)
    return []
  })
}

function withSizes(
  architecture: Architecture,
  sizes: Sizes,
  refuse: (size: Size, message: string) => void,
): object | undefined {
  if (Object.keys(sizes).length === 0) return architecture
  if (architecture.name === 'mlp') {
    const { hidden } = architecture
    const { depth = hidden.length, width } = sizes
    if (width === undefined && new Set(hidden).size !== 1) {
      refuse('depth', 'an mlp of varied depth needs one width: give it in vary, or as hidden')
      return undefined
    }
    return { ...architecture, hidden: Array(depth).fill(width ?? hidden[0]) }
  }
  for (const size of Object.keys(sizes) as Size[]) {
    if (!(size in architecture)) {
      refuse(size, `${architecture.name} has no ${size} to vary`)
      return undefined
    }
  }
  return { ...architecture, ...sizes }
}
