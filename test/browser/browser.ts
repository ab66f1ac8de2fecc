import { type BrowserContext, chromium, type Page } from 'playwright-core'

/** What a page did that it should not have: console errors, failed or foreign requests. */
export interface Watched {
  readonly page: Page
  readonly errors: readonly string[]
}

/** A Chromium with a profile of its own, which goes with it, that asks nobody for anything. */
export function openBrowser(options: { readonly dark?: boolean } = {}): Promise<BrowserContext> {
  return chromium.launchPersistentContext('', {
    executablePath: process.env.GAUNTLET_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    viewport: { width: 1280, height: 900 },
    colorScheme: options.dark ? 'dark' : 'light',
    acceptDownloads: true,
  })
}

/** A new page that notes every error and every request that leaves this origin. */
export async function watch(browser: BrowserContext, origin: string): Promise<Watched> {
  const page = await browser.newPage()
  page.setDefaultTimeout(10_000)
  const errors: string[] = []
  page.on('console', message => {
    if (message.type() === 'error') errors.push(message.text())
  })
  page.on('pageerror', error => errors.push(error.message))
  page.on('requestfailed', request => {
    // A page that goes away ends its events, which counts as a failure.
    if (!request.url().endsWith('/api/v1/events')) errors.push(`failed: ${request.url()}`)
  })
  page.on('request', request => {
    const { protocol, origin: asked } = new URL(request.url())
    if (protocol.startsWith('http') && asked !== origin) errors.push(`left: ${request.url()}`)
  })
  return { page, errors }
}

/** Goes to an address and waits until its content is there, charts included. */
export async function visit(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await settled(page)
}

/** Waits until the view is drawn. */
export async function settled(page: Page): Promise<void> {
  await page.waitForSelector('#main:not([aria-busy]) h1')
  await page.evaluate(
    'new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))',
  )
}
