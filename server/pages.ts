/**
 * The page's own addresses, as Express patterns; whatever else is asked for as a page is not found.
 * The server sends the same document for each, and the page draws what the address names.
 */
export const pagePaths = [
  '/',
  '/gradients',
  '/runs',
  '/runs/:id',
  '/checks',
  '/nightly',
  '/nightly/:id',
] as const

export type PagePath = (typeof pagePaths)[number]
