/** What holds for every page, those of tomorrow included. */
import anyTest, { type TestFn } from 'ava'
import type { BrowserContext, Page } from 'playwright-core'
import { resultsFile } from '../server/fixture.ts'
import { type Served, serve } from '../server/serve.ts'
import { violations } from './axe.ts'
import { openBrowser, settled, visit, type Watched, watch } from './browser.ts'
import { exampleAddresses, oneAddressEach, plainPaths } from './page-examples.ts'

const test = anyTest.serial as TestFn<{ filled: Served; empty: Served; browser: BrowserContext }>

test.before(async t => {
  t.context = {
    filled: await serve(),
    empty: await serve(await resultsFile({ filled: false })),
    browser: await openBrowser(),
  }
})
test.after.always(async t => {
  await t.context.browser?.close()
  await t.context.filled?.stop()
  await t.context.empty?.stop()
})

const text = (page: Page) => page.evaluate<string>("document.querySelector('main').innerText")

/** Adds up how far the page moved its content by itself. */
const watchShift = `
  globalThis.shift = 0
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shift += entry.value
  }).observe({ type: 'layout-shift', buffered: true })`

async function open(browser: BrowserContext, url: string, address: string): Promise<Watched> {
  const watched = await watch(browser, url)
  await watched.page.emulateMedia({ colorScheme: 'light' })
  await watched.page.addInitScript(watchShift)
  await visit(watched.page, url + address)
  return watched
}

for (const address of exampleAddresses()) {
  test(`${address}: no errors, names, accessible in both themes, comes back as it was`, async t => {
    const { filled, browser } = t.context
    const { page, errors } = await open(browser, filled.url, address)
    t.is(await page.getAttribute('html', 'lang'), 'en')
    t.is(await page.locator('h1').count(), 1)
    t.regex(await page.title(), /^.+ · Gauntlet$/)
    for (const canvas of await page.locator('canvas').all()) {
      t.is(await canvas.getAttribute('role'), 'img')
      t.regex((await canvas.getAttribute('aria-label')) ?? '', /\S.{20,}/)
      const figure = canvas.locator('xpath=ancestor::figure')
      t.true((await figure.locator('details table tbody tr').count()) > 0)
      t.deepEqual(await figure.locator('.exports button').allTextContents(), ['CSV', 'JSON', 'PNG'])
    }
    await everyCanvasDrawn(page)
    t.deepEqual(await violations(page), [])
    const shift = await page.evaluate<number>('globalThis.shift')
    t.true(shift < 0.1, `cumulative layout shift ${shift}`)

    // How long a query took is another time each time.
    const shown = async () => (await text(page)).replace(/ in [\d.]+\ss\./, '')
    const before = await shown()
    await page.reload()
    await settled(page)
    t.is(await shown(), before)

    await page.emulateMedia({ colorScheme: 'dark' })
    await page.waitForSelector('html[data-theme=dark]')
    await settled(page)
    t.deepEqual(await violations(page, 'contrast'), [])
    t.true((await brightness(page)) < 80)

    await page.setViewportSize({ width: 400, height: 800 })
    await settled(page)
    const overflow = await page.evaluate<number>(
      'document.documentElement.scrollWidth - innerWidth',
    )
    t.true(overflow <= 0, `overflows by ${overflow}`)
    t.deepEqual(errors, [])
    await page.close()
  })
}

for (const address of plainPaths) {
  test(`${address} over an empty database: no errors, accessible in both themes`, async t => {
    const { empty, browser } = t.context
    const { page, errors } = await open(browser, empty.url, address)
    t.is(await page.locator('h1').count(), 1)
    t.is(await page.locator('[data-state=error]').count(), 0)
    t.deepEqual(await violations(page), [])
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.waitForSelector('html[data-theme=dark]')
    t.deepEqual(await violations(page, 'contrast'), [])
    t.deepEqual(errors, [])
    await page.close()
  })
}

for (const address of oneAddressEach()) {
  test(`${address}: Tab reaches every control in order, each with a visible focus`, async t => {
    const { filled, browser } = t.context
    const { page } = await open(browser, filled.url, address)
    const wanted = await page.evaluate<string[]>(`{
      const controls = 'a[href], button, select, input, textarea, summary, [tabindex="0"]'
      const reachable = [...document.querySelectorAll(controls)].filter(
        one => !one.disabled && one.checkVisibility({ visibilityProperty: true }),
      )
      reachable.map((one, at) => {
        one.dataset.order = at
        return at + ' ' + one.tagName
      })
    }`)
    t.true(wanted.length > 5)
    const met: string[] = []
    for (const _ of wanted) {
      await page.keyboard.press('Tab')
      const [name, outline] = await page.evaluate<[string, string]>(`{
        const one = document.activeElement
        const { outlineStyle, outlineWidth } = getComputedStyle(one);
        [one.dataset.order + ' ' + one.tagName, outlineStyle + ' ' + outlineWidth]
      }`)
      met.push(name)
      t.regex(outline, /^(solid|auto) [2-9]/, `focus on ${name}`)
    }
    t.deepEqual(met, wanted)
    await page.close()
  })
}

test('the skip link leads past the head of the page', async t => {
  const { filled, browser } = t.context
  const { page } = await open(browser, filled.url, '/runs')
  await page.keyboard.press('Tab')
  t.is(await page.evaluate('document.activeElement.textContent'), 'Skip to content')
  await page.keyboard.press('Enter')
  await page.waitForSelector('#main:focus')
  await settled(page)
  await page.keyboard.press('Tab')
  t.true(await page.evaluate("document.querySelector('main').contains(document.activeElement)"))
  await page.close()
})

/** Waits until every chart has more than a few colours: those of a blank one. */
async function everyCanvasDrawn(page: Page): Promise<void> {
  await page.waitForFunction(`
    [...document.querySelectorAll('canvas')].every(canvas => {
      const { width, height } = canvas
      const pixels = canvas.getContext('2d').getImageData(0, 0, width, height).data
      return new Set(new Uint32Array(pixels.buffer)).size >= 50
    })`)
}

/** Mean brightness of a screenshot, from 0 to 255, as a canvas decodes it. */
async function brightness(page: Page): Promise<number> {
  const image = (await page.screenshot()).toString('base64')
  return await page.evaluate(`(async () => {
    const bytes = Uint8Array.from(atob('${image}'), letter => letter.charCodeAt(0))
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
    const context = canvas.getContext('2d')
    context.drawImage(bitmap, 0, 0)
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height)
    let sum = 0
    for (let at = 0; at < data.length; at += 4) sum += (data[at] + data[at + 1] + data[at + 2]) / 3
    return sum / (data.length / 4)
  })()`)
}
