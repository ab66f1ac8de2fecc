import { type PagePath, pagePaths } from '../../server/pages.ts'
import { idOf } from '../server/fixture.ts'

const lenet = (arm: string, seed: number) => idOf({ arm, seed, architecture: 'lenet' })

/**
 * Addresses to visit of pages that need more than their path, over the shared fixture. A pattern
 * with a parameter has to have one.
 */
const examples: Readonly<Partial<Record<PagePath, readonly string[]>>> = {
  '/': ['/', '/?arm=lr-logit&attack=pgd&epsilon=0.2'],
  '/gradients': ['/gradients', '/gradients?x=layer&left=bias&right=variance-time'],
  '/runs': ['/runs', `/runs?sort=accuracy&ticked=${lenet('bp', 0)},${lenet('lr-logit', 0)}`],
  '/runs/:id': ['/runs/c', `/runs/${lenet('lr-logit', 2)}`, `/runs/${lenet('lr-logit', 0)}`],
  '/compare': [
    '/compare',
    `/compare?runs=${lenet('bp', 0)},${lenet('lr-logit', 0)}`,
    `/compare?equal=1&runs=${lenet('bp', 0)},${lenet('lr-logit', 1)},linear-bp-0`,
  ],
  '/nightly/:id': ['/nightly/nightly-1'],
  '/query': [
    '/query',
    `/query?${new URLSearchParams({ sql: 'select arm, clean_accuracy from v_runs' })}`,
  ],
}

/** Addresses of every page that the server knows. @throws for a pattern without an example */
export function exampleAddresses(): string[] {
  return pagePaths.flatMap(pattern => {
    const own = examples[pattern] ?? (pattern.includes(':') ? [] : [pattern])
    if (own.length === 0) throw new Error(`missing example: ${pattern} (see page-examples.ts)`)
    return own
  })
}

/** One address of every page, the one with most to reach on it. */
export function oneAddressEach(): string[] {
  const all = exampleAddresses()
  return pagePaths.map(pattern => examples[pattern]?.at(-1) ?? all.find(one => one === pattern)!)
}

/** The plain address of every page that needs no parameter. */
export const plainPaths = pagePaths.filter(pattern => !pattern.includes(':'))
