import { type PagePath, pagePaths } from '../../server/pages.ts'
import { checks } from './checks.ts'
import { gradients } from './gradients.ts'
import { nightly } from './nightly.ts'
import { nightlyDetail } from './nightly-detail.ts'
import { overview } from './overview.ts'
import type { Page, View } from './page.ts'
import { run } from './run.ts'
import { runs } from './runs.ts'

/** What draws the page of an address. */
export type DrawPage = (view: View) => Promise<Page>

const pages: Readonly<Record<PagePath, DrawPage>> = {
  '/': overview,
  '/gradients': gradients,
  '/runs': runs,
  '/runs/:id': run,
  '/checks': checks,
  '/nightly': nightly,
  '/nightly/:id': nightlyDetail,
}

/** The pages that the head of every page links, in its order. */
export const navigation: readonly (readonly [path: PagePath, name: string])[] = [
  ['/', 'Overview'],
  ['/gradients', 'Gradients'],
  ['/runs', 'Runs'],
  ['/nightly', 'Nightly'],
]

/** What draws the page at this path; the overview where none does. */
export function pageAt(path: string): DrawPage {
  const found = pagePaths.find(pattern => pattern === path || matches(pattern, path))
  return pages[found ?? '/']
}

/** Whether a path has the parts of a pattern, of which `:name` stands for any. */
function matches(pattern: string, path: string): boolean {
  const parts = path.split('/')
  const wanted = pattern.split('/')
  return (
    parts.length === wanted.length &&
    wanted.every((part, at) => part === parts[at] || (part.startsWith(':') && parts[at] !== ''))
  )
}
