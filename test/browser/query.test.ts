import { readFile } from 'node:fs/promises'
import anyTest, { type TestFn } from 'ava'
import type { BrowserContext } from 'playwright-core'
import { sqlAnswerSchema } from '../../server/schemas/query.ts'
import { enqueue } from '../../src/store/jobs.ts'
import { openStore } from '../../src/store/store.ts'
import { views } from '../../src/store/views.ts'
import { resultsFile } from '../server/fixture.ts'
import { type Served, serve } from '../server/serve.ts'
import { openBrowser, settled, visit, watch } from './browser.ts'

const test = anyTest.serial as TestFn<{
  file: string
  served: Served
  browser: BrowserContext
}>

test.before(async t => {
  const file = await resultsFile()
  const store = await openStore(file)
  const config = { job: 'lenet-bp-0' }
  const job = {
    id: 'lenet-bp-0',
    kind: 'train',
    config,
    title: 'train',
    cost: 1,
    needs: [],
  } as const
  await enqueue(store, 'nightly-1', [job])
  await store.destroy()
  t.context = { file, served: await serve(file), browser: await openBrowser() }
})
test.after.always(async t => {
  await t.context.browser?.close()
  await t.context.served?.stop()
})

test('every question to start from is answered, with a chart and a table of what the API says', async t => {
  const { served, browser } = t.context
  const { page, errors } = await watch(browser, served.url)
  await visit(page, `${served.url}/query`)
  const links = page.locator('#query-examples a')
  const hrefs = await Promise.all((await links.all()).map(link => link.getAttribute('href')))
  t.true(hrefs.length >= 6)
  for (const href of hrefs) {
    const address = new URL(href!, served.url)
    await visit(page, address.href)
    const sql = address.searchParams.get('sql')!
    const asked = `/query?sql=${encodeURIComponent(sql)}`
    const answer = await served.read(t, asked, sqlAnswerSchema)
    t.true(answer.rows.length > 0, sql)
    t.is(await page.locator('#query-rows tbody tr').count(), answer.rows.length)
    t.deepEqual(await page.locator('#query-rows thead th').allTextContents(), answer.columns)
    t.regex((await page.locator('canvas').getAttribute('aria-label')) ?? '', /lowest/)
  }
  t.deepEqual(errors, [])
  await page.close()
})

test('Ctrl and Enter run what was typed, and the whole view is in the address', async t => {
  const { served, browser } = t.context
  const { page, errors } = await watch(browser, served.url)
  await visit(page, `${served.url}/query`)
  await page.focus('#sql')
  await page.keyboard.type('select arm, seed, clean_accuracy from v_runs order by 1, 2')
  await page.keyboard.press('Control+Enter')
  await page.waitForSelector('#query-rows')
  t.is(await page.evaluate('document.activeElement.id'), 'sql')
  await page.selectOption('#pick-kind', 'scatter')
  await page.selectOption('#pick-x', 'seed')
  await page.selectOption('#pick-series', 'arm')
  await settled(page)
  const address = new URL(page.url())
  t.is(address.searchParams.get('kind'), 'scatter')
  t.is(address.searchParams.get('x'), 'seed')
  const { page: again } = await watch(browser, served.url)
  await visit(again, page.url())
  t.is(await again.inputValue('#pick-series'), 'arm')
  t.is(await again.inputValue('#sql'), 'select arm, seed, clean_accuracy from v_runs order by 1, 2')
  const pending = again.waitForEvent('download')
  await again.locator('figure .exports button', { hasText: 'CSV' }).click()
  const saved = await readFile(await (await pending).path(), 'utf8')
  t.is(saved.split('\r\n')[0], 'arm,seed,clean_accuracy')
  t.deepEqual(errors, [])
  await again.close()
  await page.goBack()
  await page.close()
})

/** Notes the strokes of every hatching that a chart fills with: where a tile has not its first colour. */
const noteHatchings = `
  globalThis.hatchings = new Set()
  const { createPattern } = CanvasRenderingContext2D.prototype
  CanvasRenderingContext2D.prototype.createPattern = function (tile, ...rest) {
    const { data } = tile.getContext('2d').getImageData(0, 0, tile.width, tile.height)
    const colours = new Uint32Array(data.buffer)
    globalThis.hatchings.add(Array.from(colours, one => Number(one !== colours[0])).join(''))
    return createPattern.call(this, tile, ...rest)
  }`

test('bars of different arms differ in their hatching too, not in colour alone', async t => {
  const { served, browser } = t.context
  const { page } = await watch(browser, served.url)
  await page.addInitScript(noteHatchings)
  const sql = 'select arm, seed, clean_accuracy from v_runs'
  const query = new URLSearchParams({ sql, kind: 'bar', x: 'seed', y: 'clean_accuracy' })
  await visit(page, `${served.url}/query?${query}&series=arm`)
  const strokes = await page.evaluate<string[]>('[...globalThis.hatchings]')
  // Three arms, of which the first is plain.
  t.is(strokes.length, 2)
  t.true(strokes.every(tile => tile.includes('1')))
  await page.close()
})

test('a wrong statement shows what SQLite says; no rows are no error', async t => {
  const { served, browser } = t.context
  const { page } = await watch(browser, served.url)
  await visit(page, `${served.url}/query?sql=${encodeURIComponent('select colour from v_runs')}`)
  t.is(await page.textContent('#query-error code'), 'no such column: colour')
  t.is(await page.getAttribute('#query-error', 'role'), 'alert')
  t.is(await page.inputValue('#sql'), 'select colour from v_runs')
  await visit(
    page,
    `${served.url}/query?sql=${encodeURIComponent('select arm from v_runs where 0')}`,
  )
  t.is(await page.locator('[data-state=filtered] h2').textContent(), 'No rows')
  await page.close()
})

test('the views are documented beside the field', async t => {
  const { served, browser } = t.context
  const { page } = await watch(browser, served.url)
  await visit(page, `${served.url}/query`)
  await page.click('#query-views > summary')
  t.is(await page.locator('#query-views details').count(), views.length)
  await page.click('#view-v_runs > summary')
  t.true(await page.locator('#view-v_runs dt', { hasText: 'clean_accuracy' }).isVisible())
  await page.close()
})

test('a nightly that gets on is told by events: the badge, the page, and not what is typed', async t => {
  const { served, browser, file } = t.context
  const { page, errors } = await watch(browser, served.url)
  await visit(page, `${served.url}/query`)
  t.is(await page.textContent('#badge'), 'quick: interrupted, 1 failed, 0 of 4 jobs')
  await page.fill('#sql', 'select 1 -- not yet run')
  const store = await openStore(file)
  t.teardown(() => store.destroy())
  await store.transaction().execute(async transaction => {
    await transaction.updateTable('nightly').set({ state: 'running', ended_at: null }).execute()
    await transaction
      .updateTable('job')
      .set({ state: 'done', seconds: 1, ended_at: '2026-11-20T01:00:00.000Z' })
      .where('id', '=', 'a')
      .execute()
    await transaction
      .updateTable('job')
      .set({ state: 'running', worker: 'w', lease_until: 1 })
      .where('id', '=', 'b')
      .execute()
    await transaction.deleteFrom('model').where('id', '=', 'linear-bp-0').execute()
  })
  await page.waitForSelector('#badge[data-state=running]')
  t.is(await page.textContent('#badge'), 'quick: running, 1 failed, 1 of 4 jobs')
  t.regex((await page.getAttribute('#badge', 'style')) ?? '', /--done: 25/)
  await page.locator('#live', { hasText: 'Updated' }).waitFor({ state: 'attached' })
  t.is(await page.inputValue('#sql'), 'select 1 -- not yet run')
  t.deepEqual(errors, [])
  await page.close()
})

test('without the stream the badge says so, and the page goes on by asking', async t => {
  const { file, browser } = t.context
  const own = await serve(file)
  const page = await browser.newPage()
  await visit(page, `${own.url}/query`)
  await page.waitForSelector('#badge[title*="now: train b"]')
  await own.stop()
  await page.waitForSelector('#badge[data-stale]')
  t.regex((await page.textContent('#badge')) ?? '', /connection lost/)
  await page.waitForSelector('#badge[data-state=offline]', { timeout: 30_000 })
  const back = await serve(file, undefined, Number(new URL(own.url).port))
  t.teardown(back.stop)
  await page.waitForSelector('#badge[data-state=running]:not([data-stale])', { timeout: 60_000 })
  t.pass()
  await page.close()
})
