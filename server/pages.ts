/**
 * The page's own addresses, as Express patterns; whatever else is asked for as a page is not found.
 * The server sends the same document for each, and the page draws what the address names.
 */
export const pagePaths = [
  '/',
  '/gradients',
  '/transfer',
  '/attacks',
  '/examples',
  '/runs',
  '/runs/:id',
  '/compare',
  '/nightly',
  '/nightly/:id',
  '/checks',
  '/query',
] as const

export type PagePath = (typeof pagePaths)[number]

/** The pages that the head of every page links, in its order. */
export const navigation: readonly (readonly [path: PagePath, name: string])[] = [
  ['/', 'Overview'],
  ['/gradients', 'Gradients'],
  ['/transfer', 'Transfer'],
  ['/attacks', 'Attacks'],
  ['/examples', 'Examples'],
  ['/runs', 'Runs'],
  ['/nightly', 'Nightly'],
  ['/query', 'Query'],
]
