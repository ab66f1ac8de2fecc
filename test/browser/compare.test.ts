import anyTest, { type TestFn } from 'ava'
import type { BrowserContext } from 'playwright-core'
import { compareSchema } from '../../server/schemas/compare.ts'
import * as format from '../../web/format.ts'
import { type Served, serve } from '../server/serve.ts'
import { openBrowser, settled, visit, watch } from './browser.ts'

const test = anyTest.serial as TestFn<{ served: Served; browser: BrowserContext }>

test.before(async t => {
  t.context = { served: await serve(), browser: await openBrowser() }
})
test.after.always(async t => {
  await t.context.browser?.close()
  await t.context.served?.stop()
})

test('runs are ticked by keyboard, kept over sorting and reload, and compared', async t => {
  const { served, browser } = t.context
  const { page, errors } = await watch(browser, served.url)
  await visit(page, `${served.url}/runs?architecture=lenet`)
  t.false(await page.isVisible('.selection'))
  const steps = await page.evaluate('history.length')
  await page.focus('#tick-lenet-bp-0')
  await page.keyboard.press('Space')
  t.is(await page.locator('#compare').count(), 0)
  await page.click('#sort-accuracy')
  await page.waitForURL(/sort=accuracy/)
  await settled(page)
  t.true(await page.isChecked('#tick-lenet-bp-0'))
  await page.check('#tick-lenet-lr-logit-0')
  t.is(await page.evaluate('history.length'), Number(steps) + 1, 'ticks are no steps back')
  await page.reload()
  await settled(page)
  t.regex((await page.textContent('.selection')) ?? '', /2 runs ticked/)
  await page.click('#compare')
  await page.waitForURL(/\/compare\?runs=lenet-bp-0,lenet-lr-logit-0$/)
  await settled(page)
  t.deepEqual(await page.locator('.compared h2').allTextContents(), [
    'A backprop, glyphs / lenet, seed 0',
    'B likelihood ratio, glyphs / lenet, seed 0',
  ])
  await page.goBack()
  await settled(page)
  await page.click('#untick')
  t.false(await page.isVisible('.selection'))
  t.false(page.url().includes('ticked'))
  t.deepEqual(errors, [])
  await page.close()
})

test('only what differs is shown until the switch says otherwise; numbers are the API’s', async t => {
  const { served, browser } = t.context
  const { page } = await watch(browser, served.url)
  const query = '/compare?runs=lenet-bp-0,lenet-lr-logit-0'
  await visit(page, served.url + query)
  const settings = page.locator('.settings tbody tr')
  const data = await served.read(t, query, compareSchema)
  t.is(await settings.count(), data.leaves.filter(leaf => leaf.differs).length)
  const told = data.results.filter(one => (one.differences[1]?.holm ?? 1) < 0.05)
  t.true(told.length > 0 && told.length < data.results.length)
  const rows = page.locator('[data-figure=compare-differences] tbody tr')
  t.deepEqual(
    await rows.evaluateAll(all => all.map(row => row.children[5]!.textContent)),
    told.map(one => format.points(one.differences[1]!.difference)),
  )
  await page.check('#equal')
  await page.waitForURL(/equal=1/)
  await settled(page)
  t.is(await settings.count(), data.leaves.length)
  t.is(await rows.count(), data.results.filter(one => one.differences[1]).length)
  await page.goBack()
  await page.waitForURL(url => !url.search.includes('equal'))
  await page.waitForSelector('#equal:not(:checked)')
  await settled(page)
  t.is(await settings.count(), data.leaves.filter(leaf => leaf.differs).length)
  await page.selectOption('#pick-x', 'forwards')
  await page.waitForSelector('[data-figure=compare-accuracy-forwards]')
  t.is(
    await page.locator('[data-figure=compare-loss-forwards] tbody tr').count(),
    data.curves.flat().length,
  )
  await page.close()
})

test('a run that is not there is named; one alone says how to go on', async t => {
  const { served, browser } = t.context
  const { page } = await watch(browser, served.url)
  await visit(page, `${served.url}/compare?runs=lenet-bp-0,nope`)
  t.regex((await page.textContent('[data-state=error]')) ?? '', /unknown run: nope/)
  await visit(page, `${served.url}/compare?runs=lenet-bp-0`)
  t.is(await page.locator('[data-state=empty]').count(), 1)
  await page.close()
})
