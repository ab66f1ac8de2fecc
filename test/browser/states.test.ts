import anyTest, { type TestFn } from 'ava'
import type { BrowserContext } from 'playwright-core'
import { serve } from '../server/serve.ts'
import { openBrowser, settled, visit, watch } from './browser.ts'

const test = anyTest.serial as TestFn<{ browser: BrowserContext }>

test.before(async t => {
  t.context = { browser: await openBrowser() }
})
test.after.always(async t => {
  await t.context.browser?.close()
})

test('while the server is away the page says how old it is, and not once it is back', async t => {
  const served = await serve()
  const { page } = await watch(t.context.browser, served.url)
  await page.clock.install()
  await visit(page, served.url)
  t.is(await page.locator('[data-state=stale]').count(), 0)
  await served.stop()
  await page.clock.fastForward(15_000)
  await page.waitForSelector('[data-state=stale]')
  t.regex((await page.textContent('[data-state=stale]')) ?? '', /what it had at .+ UTC/)
  t.is(await page.textContent('#badge'), 'server unreachable')
  t.is(await page.locator('.finding').count(), 1, 'the page is still there')
  const back = await serve(undefined, undefined, Number(new URL(served.url).port))
  t.teardown(back.stop)
  await page.clock.fastForward(15_000)
  await page.waitForSelector('[data-state=stale]', { state: 'detached' })
  await page.close()
})

test('a page that may not write to the clipboard marks the command', async t => {
  const served = await serve()
  t.teardown(served.stop)
  // No secure context, as on another machine's address: there is no clipboard at all.
  const url = served.url.replace('127.0.0.1', '0.0.0.0')
  const { page } = await watch(t.context.browser, url)
  await visit(page, `${url}/runs/lenet-lr-logit-0`)
  t.false(await page.evaluate('isSecureContext'))
  await page.click('.command button')
  await page.waitForSelector('#live:has-text("Command marked")', { state: 'attached' })
  t.is(await page.evaluate('String(getSelection())'), 'npx gauntlet reproduce lenet-lr-logit-0')
  await page.close()
})

test('on paper: no controls, light, and every chart within the page', async t => {
  const served = await serve()
  t.teardown(served.stop)
  const { page } = await watch(t.context.browser, served.url)
  await page.emulateMedia({ colorScheme: 'dark', media: 'print' })
  await page.setViewportSize({ width: 700, height: 1000 })
  await visit(page, served.url)
  await settled(page)
  for (const hidden of ['.top nav', '.pickers', '.exports', '.bottom']) {
    t.false(await page.locator(hidden).first().isVisible(), hidden)
  }
  t.is(await page.evaluate('getComputedStyle(document.body).backgroundColor'), 'rgb(255, 255, 255)')
  const widths = await page
    .locator('canvas:visible')
    .evaluateAll(all => all.map(one => one.getBoundingClientRect().right))
  t.true(widths.length > 0 && widths.every(right => right <= 700), String(widths))
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
  t.true((pdf.match(/\/Type\s*\/Page\b/g) ?? []).length <= 3)
  await page.close()
})
