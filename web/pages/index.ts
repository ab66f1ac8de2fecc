import { type PagePath, pagePaths } from '../../server/pages.ts'
import { attacks } from './attacks.ts'
import { checks } from './checks.ts'
import { compare } from './compare.ts'
import { examples } from './examples.ts'
import { gradients } from './gradients.ts'
import { nightly } from './nightly.ts'
import { nightlyDetail } from './nightly-detail.ts'
import { overview } from './overview.ts'
import type { Page, View } from './page.ts'
import { query } from './query.ts'
import { run } from './run.ts'
import { runs } from './runs.ts'
import { transfer } from './transfer.ts'

/** What draws the page of an address. */
export type DrawPage = (view: View) => Promise<Page>

const pages: Readonly<Record<PagePath, DrawPage>> = {
  '/': overview,
  '/gradients': gradients,
  '/transfer': transfer,
  '/attacks': attacks,
  '/examples': examples,
  '/runs': runs,
  '/runs/:id': run,
  '/compare': compare,
  '/checks': checks,
  '/query': query,
  '/nightly': nightly,
  '/nightly/:id': nightlyDetail,
}

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
