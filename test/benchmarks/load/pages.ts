import { pagePaths } from '../../../server/pages.ts'
import { openBrowser } from '../../browser/browser.ts'
import { summary, type Times } from './requests.ts'

/** How long one page takes. */
export interface PageTimes {
  readonly path: string
  /** After a change of the database, with nothing in the browser's cache. */
  readonly first: Times
  readonly again: Times
}

/** Milliseconds from the navigation until the charts are drawn, in the page's own clock. */
const drawn =
  'new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))'

/**
 * Opens every page of the dashboard so many times, each time in a browser without cache, and once
 * more in the same one.
 *
 * @param url with a slash at the end
 * @param ids of the run and the nightly whose pages are opened
 */
export async function measurePages(
  url: string,
  ids: { readonly run: string; readonly nightly: string },
  change: () => Promise<void>,
  times: number,
): Promise<PageTimes[]> {
  const found: PageTimes[] = []
  for (const path of pagePaths) {
    const address =
      url + path.replace(':id', path.startsWith('/nightly') ? ids.nightly : ids.run).slice(1)
    const first: number[] = []
    const again: number[] = []
    for (let at = 0; at < times; at++) {
      const browser = await openBrowser()
      const page = await browser.newPage()
      const visit = async () => {
        await page.goto(address, { waitUntil: 'commit' })
        await page.waitForSelector('#main:not([aria-busy]) h1')
        return page.evaluate<number>(drawn)
      }
      await page.goto('about:blank')
      await change()
      first.push(await visit())
      again.push(await visit())
      await browser.close()
    }
    found.push({ path, first: summary(first), again: summary(again) })
  }
  return found
}
