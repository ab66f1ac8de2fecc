import { readFile } from 'node:fs/promises'
import anyTest, { type TestFn } from 'ava'
import type { BrowserContext } from 'playwright-core'
import { runDetailSchema } from '../../server/schemas/runs.ts'
import * as format from '../../web/format.ts'
import { type Served, serve } from '../server/serve.ts'
import { openBrowser, visit, watch } from './browser.ts'

const test = anyTest.serial as TestFn<{ served: Served; browser: BrowserContext }>

test.before(async t => {
  t.context = { served: await serve(), browser: await openBrowser() }
})
test.after.always(async t => {
  await t.context.browser?.close()
  await t.context.served?.stop()
})

test('a run shows its corruptions by kind and severity, and a chart a family', async t => {
  const { served, browser } = t.context
  const { page, errors } = await watch(browser, served.url)
  await visit(page, `${served.url}/runs/lenet-lr-logit-0`)
  const rows = await page
    .locator('#corruptions-corrupt-1 tbody tr')
    .evaluateAll(all => all.map(row => [...row.children].map(cell => cell.textContent)))
  const cells = (...percents: readonly number[]) => percents.map(one => format.percent(one / 100))
  t.deepEqual(rows, [
    ['Gaussian noise', ...cells(75, 70, 50, 65)],
    ['fog', ...cells(60, 40, 20, 40)],
    ['rotation', ...cells(80, 50, 0, 130 / 3)],
    ['mean', ...cells(215 / 3, 160 / 3, 70 / 3, 148.333333333 / 3)],
  ])
  const { corruptions } = await served.read(t, '/runs/lenet-lr-logit-0', runDetailSchema)
  const fog = corruptions.filter(({ corruption }) => corruption === 'fog')
  const chart = page.locator('[data-figure=weather-corrupt-1]')
  const shown = await chart
    .locator('tbody tr')
    .evaluateAll(all => all.map(row => [1, 2, 3].map(at => row.children[at]!.textContent)))
  t.deepEqual(
    shown,
    fog.map(({ severity, accuracy, low, high }) => [
      String(severity),
      format.percent(accuracy),
      format.percentInterval(low, high),
    ]),
  )
  const label = await chart.locator('canvas').getAttribute('aria-label')
  t.regex(label ?? '', /Lowest is fog at severity 5 with 20\.0\s%; 90\.0\s% as they are/)
  t.is(await page.locator('[data-figure$=-corrupt-1]').count(), 3)
  t.deepEqual(errors, [])
  await page.close()
})

test('a run shows its certified accuracy by radius, with its CSV', async t => {
  const { served, browser } = t.context
  const { page, errors } = await watch(browser, served.url)
  await visit(page, `${served.url}/runs/lenet-lr-logit-0`)
  const chart = page.locator('[data-figure=certified-lenet-lr-logit-0]')
  const shown = await chart
    .locator('tbody tr')
    .evaluateAll(all => all.map(row => [1, 2, 4].map(at => row.children[at]!.textContent)))
  t.deepEqual(
    shown,
    [5, 4, 3, 1, 0].map((certified, at) => [
      String(at / 4),
      format.percent(certified / 8),
      `${certified} of 8`,
    ]),
  )
  const label = await chart.locator('canvas').getAttribute('aria-label')
  t.regex(label ?? '', /62\.5\s% are right and 12\.5\s% are certified within 0\.75/)
  t.regex((await chart.locator('figcaption').textContent()) ?? '', /n = 8, 2 abstained/)
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    chart.locator('.exports button').first().click(),
  ])
  const csv = (await readFile(await file.path(), 'utf8')).trim().split('\r\n')
  t.regex(csv[0]!, /^σ,L2 radius \(pixel range 0 to 1\),Certified accuracy \(share\),/)
  t.is(csv.length, 1 + 5)
  t.deepEqual(errors, [])
  await page.close()
})

test('a run without corruptions and certificates says what to type; a diverged one nothing', async t => {
  const { served, browser } = t.context
  const { page } = await watch(browser, served.url)
  await visit(page, `${served.url}/runs/lenet-bp-0`)
  const code = (id: string) => page.textContent(`section[aria-labelledby=${id}] code`)
  t.is(await code('natural-corruptions'), 'npx gauntlet corrupt --model lenet-bp-0')
  t.is(await code('certified-accuracy'), 'npx gauntlet certify --model lenet-bp-0 --sigma 0.25')
  await visit(page, `${served.url}/runs/lenet-lr-logit-2`)
  t.is(await page.locator('#natural-corruptions, #certified-accuracy').count(), 0)
  await page.close()
})
