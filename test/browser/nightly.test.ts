import { readFile } from 'node:fs/promises'
import anyTest, { type TestFn } from 'ava'
import type { BrowserContext } from 'playwright-core'
import { trendSchema } from '../../server/schemas/nightly.ts'
import * as format from '../../web/format.ts'
import { nightliesFile, plantedNights } from '../nightly/fixture.ts'
import { type Served, serve } from '../server/serve.ts'
import { openBrowser, settled, visit, watch } from './browser.ts'

const test = anyTest.serial as TestFn<{ served: Served; browser: BrowserContext }>

test.before(async t => {
  const file = await nightliesFile(plantedNights)
  t.context = { served: await serve(file), browser: await openBrowser() }
})
test.after.always(async t => {
  await t.context.browser?.close()
  await t.context.served?.stop()
})

test('the page says what changed, draws the trend, and its table is what the API answers', async t => {
  const { served, browser } = t.context
  const { page, errors } = await watch(browser, served.url)
  await visit(page, `${served.url}/nightly`)
  t.is(await page.textContent('#finding'), '▼ 2 regressions')
  t.is(await page.textContent('nav [aria-current=page]'), 'Nightly')
  const links = await page
    .locator('#changes a')
    .evaluateAll(all => all.map(link => link.getAttribute('href')))
  t.deepEqual(links, ['/runs/lr-logit-2-4', '/runs/bp-1-4'])
  const trend = await served.read(t, '/nightlies/trend', trendSchema)
  const rows = page.locator('[data-figure] tbody tr')
  const shown = await rows.evaluateAll(all =>
    all.map(row => [0, 3, 7].map(index => row.children[index]!.textContent)),
  )
  t.deepEqual(
    shown,
    trend.series.flatMap(one =>
      one.points.map(point => [
        format.time(point.startedAt).slice(0, 16),
        format.percent(point.mean),
        point.alarm ? `▼ ${point.alarm}` : '–',
      ]),
    ),
  )
  const name = (await page.getAttribute('canvas', 'aria-label')) ?? ''
  t.regex(name, /likelihood ratio [\d.]+.% after [\d.]+.% the time before/)
  const painted = await page.$eval('canvas', canvas => {
    const { width, height } = canvas
    const pixels = canvas.getContext('2d')!.getImageData(0, 0, width, height).data
    return new Set(new Uint32Array(pixels.buffer)).size
  })
  t.true(painted > 50)
  t.deepEqual(errors, [])
  await page.close()
})

test('the metric lives in the address, by keyboard too, and its CSV has all rows', async t => {
  const { served, browser } = t.context
  const { page, errors } = await watch(browser, served.url)
  await visit(page, `${served.url}/nightly`)
  await page.focus('#pick-measure')
  await page.keyboard.press('Home')
  await page.waitForURL(/measure=training/)
  await settled(page)
  await page.selectOption('#pick-measure', 'clean accuracy')
  await page.waitForSelector('[data-figure=trend-glyphs-mlp-clean-accuracy]')
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.locator('.exports button').first().click(),
  ])
  const lines = (await readFile(await file.path(), 'utf8')).trim().split('\r\n')
  t.regex(
    lines[0]!,
    /^Nightly \(UTC\),Commit,Arm,clean accuracy \(share\),95 % interval,low,high,n/,
  )
  t.is(lines.length, 1 + 10)
  await page.reload()
  await settled(page)
  t.is(await page.inputValue('#pick-measure'), 'clean accuracy')
  await page.goBack()
  await page.waitForSelector('[data-figure=trend-glyphs-mlp-training-time]')
  t.deepEqual(errors, [])
  await page.close()
})

test('one nightly has a page of its own: changes, settings, jobs', async t => {
  const { served, browser } = t.context
  const { page, errors } = await watch(browser, served.url)
  await visit(page, `${served.url}/nightly`)
  await page.click('section[aria-labelledby=nightlies] a[href="/nightly/night-2"]')
  await page.waitForURL(/night-2/)
  await settled(page)
  t.is(await page.textContent('#finding'), '▼ 9 regressions')
  t.is(await page.textContent('.settings-changed li'), 'attacks[0].strong false → true')
  t.is(await page.locator('[aria-label="Jobs by kind"] tbody tr').count(), 3)
  t.is(await page.textContent('nav [aria-current=page]'), 'Nightly')
  await visit(page, `${served.url}/nightly/none`)
  t.regex((await page.textContent('[data-state=error]'))!, /unknown nightly: none/)
  t.deepEqual(
    errors.filter(text => !text.includes('404')),
    [],
  )
  await page.close()
})

for (const [what, nights, selector] of [
  ['no nightly', 0, '[data-state=empty] code'],
  ['one nightly', 1, '#one-only'],
] as const) {
  test(`${what}: the page says so`, async t => {
    const served = await serve(await nightliesFile(plantedNights.slice(0, nights)))
    t.teardown(served.stop)
    const { page, errors } = await watch(t.context.browser, served.url)
    await visit(page, `${served.url}/nightly`)
    t.regex((await page.textContent(selector))!, /^(npx gauntlet nightly|One nightly so far)/)
    t.deepEqual(errors, [])
    await page.close()
  })
}
