import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import anyTest, { type TestFn } from 'ava'
import type { BrowserContext, Page } from 'playwright-core'
import { gallerySchema } from '../../server/schemas/gallery.ts'
import { glyphs } from '../../src/data/glyphs.ts'
import { resultsFile } from '../server/fixture.ts'
import { galleryFolder } from '../server/gallery-fixture.ts'
import { type Served, serve } from '../server/serve.ts'
import { openBrowser, settled, visit, watch } from './browser.ts'

interface Context {
  readonly folder: string
  readonly served: Served
  readonly browser: BrowserContext
}

const test = anyTest.serial as TestFn<Context>

test.before(async t => {
  const folder = await galleryFolder()
  const served = await serve(join(folder, 'gauntlet.db'))
  t.context = { folder, served, browser: await openBrowser() }
})
test.after.always(async ({ context: { folder, served, browser } }) => {
  await browser?.close()
  await served?.stop()
  if (folder) await rm(folder, { recursive: true })
})

const images = '/examples?dataset=glyphs&architecture=mlp'

/** Red, green, blue and alpha of every pixel of a canvas. */
const pixelsOf = (page: Page, selector: string) =>
  page.evaluate<number[]>(`(() => {
    const canvas = document.querySelector(${JSON.stringify(selector)})
    const context = canvas.getContext('2d')
    return [...context.getImageData(0, 0, canvas.width, canvas.height).data]
  })()`)

test('pictures are drawn pixel by pixel from the data, with labels that say what they are', async t => {
  const { served, browser } = t.context
  const { page, errors } = await watch(browser, served.url)
  await visit(page, served.url + images)
  const card = '[data-example="3"]'
  const { images: all } = glyphs({ train: 200, test: 20, seed: 0 }).test
  const wanted = [...all.subarray(3 * 256, 4 * 256)].flatMap(value => {
    const grey = Math.round(255 * value)
    return [grey, grey, grey, 255]
  })
  t.deepEqual(await pixelsOf(page, `${card} .common canvas`), wanted)
  const labels = await page
    .locator(`${card} canvas`)
    .evaluateAll(canvases => canvases.map(one => one.getAttribute('aria-label')))
  t.is(labels.length, 1 + 2 * 2)
  t.regex(labels[0]!, /^Example 3: \w+, as it is$/)
  t.regex(labels[1]!, /^Change, 10 times as large: \d+ of 256 values changed\. .*L∞ \S+ · L2/)
  t.regex(labels[4]!, /^Example 3: \w+, likelihood ratio under FGSM: (broken|held|wrong)/)
  const roles = await page
    .locator('canvas')
    .evaluateAll(canvases => canvases.map(one => one.getAttribute('role')))
  t.true(roles.length > 0 && roles.every(role => role === 'img'))
  t.deepEqual(errors, [])
  await page.close()
})

test('a change is drawn as many times as large as is written below it', async t => {
  const { served, browser } = t.context
  const { page } = await watch(browser, served.url)
  const blue = async (factor: string) => {
    await visit(page, `${served.url}${images}&factor=${factor}`)
    const caption = page.locator('[data-example="0"] .tiles figcaption').first()
    t.is(await caption.textContent(), `change × ${factor}`)
    const pixels = await pixelsOf(page, '[data-example="0"] .tiles canvas')
    return Math.min(...pixels.filter((_, at) => at % 4 === 0))
  }
  // FGSM moves a pixel by 0.1: red goes from 247 by a tenth, a fifth, all of the way to 0.
  t.deepEqual([await blue('1'), await blue('2'), await blue('10')], [222, 198, 0])
  await page.close()
})

test('the table is what the API answers, and so is the CSV', async t => {
  const { served, browser } = t.context
  const { page } = await watch(browser, served.url)
  await visit(page, served.url + images)
  const { items, classes } = await served.read(
    t,
    images.replace('/examples', '/gallery'),
    gallerySchema,
  )
  const expected = items.flatMap(({ example, label, outcomes }) =>
    outcomes.map(one => [
      String(example),
      classes[label],
      classes[one.cleanPrediction],
      classes[one.adversarialPrediction],
    ]),
  )
  await page.click('#table-examples summary')
  const shown = await page
    .locator('#table-examples tbody tr')
    .evaluateAll(rows => rows.map(row => [0, 1, 4, 5].map(at => row.children[at]!.textContent)))
  t.deepEqual(shown, expected)
  const saved = async (name: string) => {
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.click(`[aria-label="${name}"]`),
    ])
    return { name: file.suggestedFilename(), content: await readFile(await file.path()) }
  }
  const csv = await saved('CSV of the examples shown')
  const lines = csv.content.toString().trim().split('\r\n')
  t.regex(lines[0]!, /^Example,Label,Model,Outcome,Without attack,Under attack,L∞ \(pixel range/)
  t.is(lines.length, 1 + expected.length)
  const png = await saved('PNG of the examples shown')
  t.is(png.name, 'examples-fgsm-linf-0.1.png')
  // Margin and five pictures wide, as the first eight bytes of the header's content say.
  t.deepEqual(
    [png.content.toString('latin1', 1, 4), png.content.readUInt32BE(16)],
    ['PNG', 16 + 5 * (168 + 16)],
  )
  await page.close()
})

test('the view is in the address: picked, opened again, gone back from', async t => {
  const { served, browser } = t.context
  const { page, errors } = await watch(browser, served.url)
  await visit(page, served.url + images)
  const examples = () =>
    page
      .locator('[data-example]')
      .evaluateAll(cards => cards.map(card => card.getAttribute('data-example')))
  const before = await examples()
  await page.selectOption('#pick-epsilon', '0.2')
  await settled(page)
  await page.selectOption('#pick-filter', 'broken')
  await page.waitForURL(/filter=broken/)
  await settled(page)
  const picked = await examples()
  t.true(picked.length > 0 && picked.length < before.length)
  const address = page.url()
  t.regex(address, /epsilon=0\.2&filter=broken$/)
  await page.goBack()
  await page
    .locator('[data-example]')
    .nth(before.length - 1)
    .waitFor()
  t.deepEqual(await examples(), before)
  await visit(page, address)
  t.deepEqual(await examples(), picked)
  t.is(await page.inputValue('#pick-epsilon'), '0.2')
  t.deepEqual(errors, [])
  await page.close()
})

test('texts strike out what was replaced; graphs list what was joined; spikes are drawn', async t => {
  const { served, browser } = t.context
  const { page, errors } = await watch(browser, served.url)
  await visit(page, `${served.url}/examples?dataset=topics&filter=broken`)
  t.true((await page.locator('.text-diff del').count()) > 0)
  t.is(await page.locator('.text-diff del').count(), await page.locator('.text-diff ins').count())
  await visit(page, `${served.url}/examples?dataset=citations&filter=broken`)
  const first = page.locator('[data-example]').first()
  const changed = await first.locator('.edge.added, .edge.removed').count()
  t.true(changed > 0)
  t.is(await first.locator('.changes li').count(), changed)
  t.regex(
    (await first.locator('svg').getAttribute('aria-label')) ?? '',
    /^Surroundings of node \d+: \d/,
  )
  await visit(page, `${served.url}/examples?dataset=glyphs&architecture=snn&layer=dense1`)
  const raster = page.locator('canvas.raster').first()
  t.regex(
    (await raster.getAttribute('aria-label')) ?? '',
    /^Spikes of 12 neurons in 5 steps, dense1: \d+/,
  )
  const colours = await pixelsOf(page, 'canvas.raster')
  t.true(new Set(colours.filter((_, at) => at % 4 === 0)).size > 2)
  t.deepEqual(errors, [])
  await page.close()
})

test('keys alone lead to a filter and to a run', async t => {
  const { served, browser } = t.context
  const { page } = await watch(browser, served.url)
  await visit(page, served.url + images)
  await page.focus('#pick-filter')
  await page.keyboard.press('ArrowDown')
  await page.waitForURL(/filter=broken/)
  await settled(page)
  t.is(await page.evaluate('document.activeElement.id'), 'pick-filter')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/runs\/[0-9a-f]{20}$/)
  await page.close()
})

test('filtered to nothing, without files and without attacks the page says so', async t => {
  const { served, browser } = t.context
  const { page } = await watch(browser, served.url)
  await visit(page, `${served.url}/examples?dataset=topics&filter=held`)
  t.is(await page.getAttribute('.state', 'data-state'), 'filtered')
  await page.click('text=Clear filters')
  await page.waitForSelector('[data-example]')
  t.false(page.url().includes('filter='))
  await page.close()
  const bare = await serve()
  t.teardown(() => bare.stop())
  const { page: other, errors } = await watch(browser, bare.url)
  await visit(other, `${bare.url}/examples?dataset=glyphs&architecture=lenet`)
  t.regex((await other.textContent('.problem')) ?? '', /^The database does not say how glyphs/)
  t.true((await other.locator('[data-example] .fate').count()) > 0)
  t.deepEqual(errors, [])
  const empty = await serve(await resultsFile({ filled: false }))
  t.teardown(() => empty.stop())
  await visit(other, `${empty.url}/examples`)
  t.is(await other.getAttribute('.state', 'data-state'), 'empty')
  await other.close()
})

test('on a narrow dark screen nothing is wider than the window, and cards are drawn', async t => {
  const { served } = t.context
  const browser = await openBrowser({ dark: true })
  t.teardown(() => browser.close())
  const { page, errors } = await watch(browser, served.url)
  await page.setViewportSize({ width: 390, height: 800 })
  await visit(page, served.url + images)
  const [wide, room] = await page.evaluate<[number, number]>(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  )
  t.true(wide <= room, `${wide} in ${room}`)
  const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor')
  t.is(ground, 'rgb(15, 21, 27)')
  const card = await page.locator('[data-example]').first().screenshot()
  t.true(card.length > 5000, `${card.length} bytes`)
  t.deepEqual(errors, [])
  await page.close()
})
