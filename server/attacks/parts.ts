/** Parts of AutoAttack that follow gradients, and those that ask for scores alone, as they run. */
const autoattack = {
  standard: { gradients: ['apgd-ce', 'apgd-t', 'fab-t'], scores: ['square'] },
  rand: { gradients: ['apgd-ce', 'apgd-dlr'], scores: [] },
} as const

/**
 * The parts of an attack in their order, from its stored configuration; none where it is not composed.
 * The same as `parts` of the attack itself, which would bring an engine into the server.
 */
export function partsOf(attackConfig: string): string[] {
  const config = JSON.parse(attackConfig) as {
    readonly name: string
    readonly version?: keyof typeof autoattack
    readonly surrogates?: readonly string[]
  }
  const { name, surrogates, version = 'standard' } = config
  if (name !== 'autoattack') return [...(surrogates ?? [])]
  const { gradients, scores } = autoattack[version]
  if (!surrogates) return [...gradients, ...scores]
  return [...surrogates.flatMap(one => gradients.map(part => `${one} ${part}`)), ...scores]
}

/** Attacks that raise a loss step by step and say how they get on. */
const iterating: ReadonlySet<string> = new Set([
  ...['pgd', 'bim', 'mi-fgsm', 'square', 'autoattack'],
  ...['apgd-ce', 'apgd-dlr', 'apgd-t'],
  ...['spsa', 'nes', 'score-gradient', 'random-search'],
  ...['embedding-pgd', 'pgd-topology', 'min-max', 'feature-pgd'],
])

/** Of these the attacks that relax edges and draw a graph after the last step. */
const drawing: ReadonlySet<string> = new Set(['pgd-topology', 'min-max'])

/** Whether the last iteration kept of an attack of this name is a graph drawn from relaxed ones. */
export function draws(attack: string): boolean {
  return drawing.has(attack)
}

/** Whether the iterations of an attack of this name are kept. */
export function iterates(attack: string): boolean {
  return iterating.has(attack)
}
