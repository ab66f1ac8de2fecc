import type { RunCorruption } from '../../server/schemas/runs.ts'

/** Kinds of corruption that belong together, in the order in which they are shown. */
const families: readonly { readonly title: string; readonly names: readonly string[] }[] = [
  {
    title: 'Noise',
    names: ['gaussian-noise', 'uniform-noise', 'shot-noise', 'speckle-noise', 'impulse-noise'],
  },
  {
    title: 'Blur',
    names: ['gaussian-blur', 'defocus-blur', 'glass-blur', 'motion-blur', 'zoom-blur'],
  },
  { title: 'Weather', names: ['brightness', 'fog', 'snow'] },
  {
    title: 'Colour, compression and distortion',
    names: ['contrast', 'saturate', 'jpeg-compression', 'pixelate', 'elastic-transform'],
  },
  { title: 'Rotation and translation', names: ['rotation', 'translation'] },
]

/** The cells of one kind of corruption, from the mildest severity. */
export interface Kind {
  readonly name: string
  readonly cells: readonly RunCorruption[]
}

/** The kinds that were measured, family by family; what belongs to none comes last. */
export function inFamilies(
  cells: readonly RunCorruption[],
): { readonly title: string; readonly kinds: readonly Kind[] }[] {
  const known = new Set(families.flatMap(({ names }) => names))
  const others = [...new Set(cells.map(cell => cell.corruption))].filter(name => !known.has(name))
  return [...families, { title: 'Other', names: others }]
    .map(({ title, names }) => ({ title, kinds: kindsNamed(cells, names) }))
    .filter(({ kinds }) => kinds.length > 0)
}

function kindsNamed(cells: readonly RunCorruption[], names: readonly string[]): Kind[] {
  return names
    .map(name => ({
      name,
      cells: cells
        .filter(({ corruption }) => corruption === name)
        .sort((a, b) => a.severity - b.severity),
    }))
    .filter(kind => kind.cells.length > 0)
}

/** The mean accuracy over cells that each count the same. */
export function meanAccuracy(cells: readonly RunCorruption[]): number {
  return cells.reduce((sum, { accuracy }) => sum + accuracy, 0) / cells.length
}

/** What people call a corruption. */
export function corruptionName(corruption: string): string {
  return corruption
    .replaceAll('-', ' ')
    .replace(/^jpeg/, 'JPEG')
    .replace(/^gaussian/, 'Gaussian')
}
