import { readFile } from 'node:fs/promises'
import anyTest, { type TestFn } from 'ava'
import type { BrowserContext, Page } from 'playwright-core'
import { attacksSchema, convergenceSchema } from '../../server/schemas/attacks.ts'
import { transferSchema } from '../../server/schemas/transfer.ts'
import * as format from '../../web/format.ts'
import { resultsFile } from '../server/fixture.ts'
import { type Served, serve } from '../server/serve.ts'
import { transferFile } from '../server/transfer-fixture.ts'
import { openBrowser, settled, visit, watch } from './browser.ts'

const test = anyTest.serial as TestFn<{ served: Served; browser: BrowserContext }>

test.before(async t => {
  t.context = { served: await serve(await transferFile()), browser: await openBrowser() }
})
test.after.always(async t => {
  await t.context.browser?.close()
  await t.context.served?.stop()
})

/** The cells of a figure's table, by the columns' places. */
async function cells(page: Page, figure: string, columns: readonly number[]) {
  const rows = page.locator(`[data-figure="${figure}"] tbody tr`)
  return rows.evaluateAll(
    (all, places) => all.map(row => places.map(at => row.children[at]!.textContent)),
    columns as number[],
  )
}

test('the matrix, its table and its CSV hold what the API answers', async t => {
  const { served, browser } = t.context
  const { page, errors } = await watch(browser, served.url)
  await visit(page, `${served.url}/transfer`)
  const data = await served.read(t, '/transfer?dataset=tiny', transferSchema)
  const figure = 'transfer-matrix-pgd-linf'
  const expected = data.targets.flatMap(({ id }) => {
    const own = data.cells.filter(cell => cell.target === id)
    const clean = data.clean.find(cell => cell.target === id)!
    return [
      { ...clean, kind: 'no attack' },
      ...own.map(cell => ({ ...cell, kind: cell.whiteBox ? 'white-box' : 'transfer' })),
    ].map(({ kind, accuracy, low, high, n }) => [
      ...[kind, format.percent(accuracy), format.percentInterval(low, high), String(n)],
    ])
  })
  t.deepEqual(await cells(page, figure, [2, 3, 4, 6]), expected)
  const gaps = await cells(page, 'transfer-gap-pgd-linf', [0, 1, 2, 5])
  t.deepEqual(gaps, [
    ['linear likelihood ratio', 'linear backprop', '+20.0', '0.25'],
    ['linear backprop', 'linear likelihood ratio', '−80.0', '0.016'],
  ])
  t.regex((await page.textContent('.flags li')) ?? '', /Black box beats white box.*linear backprop/)
  const chart = page.locator(`[data-figure=${figure}]`)
  t.regex((await chart.locator('figcaption').textContent()) ?? '', /not measured/)
  t.regex((await chart.locator('canvas').getAttribute('aria-label')) ?? '', /Largest loss: linear/)
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    chart.locator('.exports button').first().click(),
  ])
  const csv = (await readFile(await file.path(), 'utf8')).trim().split('\r\n')
  t.is(csv.length, 1 + expected.length)
  t.regex(csv[0]!, /^Source,Target,Kind,ε \(pixels from 0 to 1\),Accuracy \(share\),/)
  t.deepEqual(errors, [])
  await page.close()
})

test('what is picked with the keyboard stands in the address, and the back button undoes it', async t => {
  const { served, browser } = t.context
  const { page, errors } = await watch(browser, served.url)
  await visit(page, `${served.url}/transfer`)
  await page.focus('#pick-architecture')
  await page.keyboard.press('Tab')
  t.is(await focused(page), 'pick-attack', 'a single norm is no choice')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  t.is(await focused(page), 'pick-seeds')
  await page.keyboard.press('ArrowDown')
  await page.waitForURL(/seeds=other/)
  await settled(page)
  t.is(await focused(page), 'pick-seeds')
  t.is(await page.inputValue('#pick-seeds'), 'other')
  t.is((await cells(page, 'transfer-gap-pgd-linf', [0])).length, 1)
  await page.reload()
  await settled(page)
  t.is(await page.inputValue('#pick-seeds'), 'other')
  await page.goBack()
  await page.waitForURL(url => !url.search.includes('seeds'))
  await settled(page)
  t.is((await cells(page, 'transfer-gap-pgd-linf', [0])).length, 2)
  t.deepEqual(errors, [])
  await page.close()
})

test('filters that leave nothing say so and can be cleared', async t => {
  const { served, browser } = t.context
  const { page } = await watch(browser, served.url)
  await visit(page, `${served.url}/transfer?dataset=tiny&epsilon=0.7`)
  await page.click('[data-state=filtered] a')
  await page.waitForSelector('[data-figure^=transfer-matrix]')
  t.is(new URL(page.url()).search, '?dataset=tiny')
  await visit(page, `${served.url}/attacks?dataset=tiny&epsilon=0.7`)
  await page.click('[data-state=filtered] a')
  await page.waitForSelector('[data-figure^=attack-success]')
  t.is(new URL(page.url()).search, '?architecture=linear&dataset=tiny')
  await page.close()
})

test('the figures of attacks hold what the API answers', async t => {
  const { served, browser } = t.context
  const { page, errors } = await watch(browser, served.url)
  await visit(page, `${served.url}/attacks?dataset=tiny`)
  const path = 'dataset=tiny&architecture=linear'
  const { rows } = await served.read(t, `/attacks?${path}`, attacksSchema)
  t.deepEqual(
    await cells(page, 'attack-success-linf', [2, 3, 5, 6, 7]),
    rows.map(({ success, successful, failed, skipped }) => [
      format.percent(success!.rate),
      format.percentInterval(success!.low, success!.high),
      ...[successful, failed, skipped].map(String),
    ]),
  )
  const composed = rows.find(({ parts }) => parts.length > 0)!
  t.deepEqual(await cells(page, `attack-parts-${composed.options}`, [1, 2, 4]), [
    ['no attack', '–', format.percent(0.8)],
    ['APGD-CE', '5', format.percent(0.3)],
    ['APGD-T', '0', format.percent(0.3)],
    ['FAB-T', '0', format.percent(0.3)],
    ['Square', '2', format.percent(0.1)],
  ])
  const { curves } = await served.read(t, `/attacks/convergence?${path}`, convergenceSchema)
  t.deepEqual(
    await cells(page, 'convergence-accuracy-pgd', [2, 3, 6]),
    curves.flatMap(curve =>
      curve.points.map(({ iteration, accuracy, loss }) => [
        ...[String(iteration), format.percent(accuracy), format.real(loss)],
      ]),
    ),
  )
  const remarks = await page.locator('.convergence li').allTextContents()
  t.is(remarks.length, 1)
  t.regex(remarks[0]!, /backprop, seed 0: 80\.0\s% after 2 iterations, 20\.0\s% after all/)
  await page.selectOption('#pick-cost', 'seconds')
  await page.waitForURL(/cost=seconds/)
  await settled(page)
  await page.selectOption('#pick-measure', 'l1')
  await page.waitForURL(/measure=l1/)
  await settled(page)
  t.is(await page.locator('[data-figure=attack-cost-seconds-linf]').count(), 1)
  t.is(await page.locator('[data-figure=attack-changes-l1-linf]').count(), 1)
  t.deepEqual(errors, [])
  await page.close()
})

test('evaluations without iterations say that they were made before these were kept', async t => {
  const served = await serve(await resultsFile())
  t.teardown(served.stop)
  const { page, errors } = await watch(t.context.browser, served.url)
  await visit(page, `${served.url}/attacks?dataset=glyphs`)
  const text = await page.textContent('section[aria-labelledby=convergence]')
  t.regex(text ?? '', /Made before iterations were kept.*PGD/)
  t.true((await page.locator('canvas').count()) >= 4)
  t.deepEqual(errors, [])
  await page.close()
})

test('every chart has a name, a table and exports, and is drawn in the dark too', async t => {
  const { served } = t.context
  const dark = await openBrowser({ dark: true })
  t.teardown(() => dark.close())
  const { page, errors } = await watch(dark, served.url)
  for (const path of ['/transfer', '/attacks']) {
    await visit(page, served.url + path)
    for (const canvas of await page.locator('canvas').all()) {
      t.regex((await canvas.getAttribute('aria-label')) ?? '', /\S.{20,}/)
      const figure = canvas.locator('xpath=ancestor::figure')
      t.true((await figure.locator('details table tbody tr').count()) > 0)
      t.is(await figure.locator('.exports button').count(), 3)
    }
    const blank = await page.$$eval(
      'canvas',
      all =>
        all.filter(canvas => {
          const { width, height } = canvas
          const pixels = canvas.getContext('2d')!.getImageData(0, 0, width, height).data
          return new Set(new Uint32Array(pixels.buffer)).size < 50
        }).length,
    )
    t.is(blank, 0)
    t.is(await page.getAttribute('html', 'data-theme'), 'dark')
  }
  await page.setViewportSize({ width: 400, height: 800 })
  for (const path of ['/transfer', '/attacks']) {
    await visit(page, served.url + path)
    t.true(Number(await page.evaluate('document.documentElement.scrollWidth')) <= 400)
  }
  t.deepEqual(errors, [])
  await page.close()
})

function focused(page: Page): Promise<unknown> {
  return page.evaluate('document.activeElement.id')
}
