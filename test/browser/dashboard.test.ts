import { readFile } from 'node:fs/promises'
import anyTest, { type TestFn } from 'ava'
import type { BrowserContext } from 'playwright-core'
import { navigation } from '../../server/pages.ts'
import { stepsSchema, sweepSchema } from '../../server/schemas/gradients.ts'
import { robustnessSchema } from '../../server/schemas/robustness.ts'
import { runsSchema } from '../../server/schemas/runs.ts'
import { openStore } from '../../src/store/store.ts'
import * as format from '../../web/format.ts'
import { fill, resultsFile, unlucky } from '../server/fixture.ts'
import { type Served, serve } from '../server/serve.ts'
import { stepResultsFile } from '../server/step-fixture.ts'
import { openBrowser, settled, visit, watch } from './browser.ts'

const test = anyTest.serial as TestFn<{ served: Served; browser: BrowserContext }>

test.before(async t => {
  t.context = { served: await serve(), browser: await openBrowser() }
})
test.after.always(async t => {
  await t.context.browser?.close()
  await t.context.served?.stop()
})

test('the table of a chart is what the API answers', async t => {
  const { served, browser } = t.context
  const { page } = await watch(browser, served.url)
  await visit(page, `${served.url}/?dataset=glyphs&architecture=lenet&attack=pgd`)
  const query = '/robustness?dataset=glyphs&architecture=lenet&norm=linf&attack=pgd'
  const { curves } = await served.read(t, query, robustnessSchema)
  const white = curves.filter(curve => !curve.craftedOn)
  const expected = white.flatMap(curve =>
    curve.points.map(point => [
      format.epsilon(point.epsilon),
      format.percent(point.accuracy),
      format.percentInterval(point.low, point.high),
      String(point.n),
    ]),
  )
  const rows = page.locator('[data-figure=accuracy-pgd-linf]').first().locator('tbody tr')
  const shown = await rows.evaluateAll(all =>
    all.map(row => [3, 4, 5, 6].map(index => row.children[index]!.textContent)),
  )
  t.deepEqual(shown, expected)
  await page.close()
})

test('a sweep is drawn against what the address says, with its table and CSV', async t => {
  const { served, browser } = t.context
  const { page, errors } = await watch(browser, served.url)
  await visit(page, `${served.url}/gradients`)
  t.is(await page.inputValue('#pick-x'), 'copies')
  const { probes } = await served.read(t, '/gradients/sweep?dataset=glyphs', sweepSchema)
  const left = page.locator('[data-figure=sweep-variance-copies]')
  // Two architectures, three arms, 16 and 64 copies.
  t.is(await left.locator('tbody tr').count(), 12)
  const [row] = await left
    .locator('tbody tr')
    .evaluateAll(all => [[...all[0]!.children].map(cell => cell.textContent)])
  const own = probes.filter(
    probe =>
      probe.architecture === 'lenet' &&
      probe.arm === 'bp' &&
      probe.estimator === 'lr-logit' &&
      probe.copies === 16,
  )
  t.is(own.length, 8)
  const mean = own.reduce((sum, probe) => sum + Math.log(probe.relativeVariance!), 0) / own.length
  t.deepEqual(row!.slice(0, 3), ['lenet', 'backprop', 'likelihood ratio'])
  t.true(row!.includes(format.real(Math.exp(mean))), `${row} has ${Math.exp(mean)}`)

  await page.selectOption('#pick-right', 'bias-smoothed')
  await page.waitForURL(/right=bias-smoothed/)
  await settled(page)
  await page.selectOption('#pick-x', 'time')
  await page.waitForURL(/x=time/)
  await settled(page)
  const right = page.locator('[data-figure=sweep-bias-smoothed-time]')
  t.regex((await right.locator('canvas').getAttribute('aria-label')) ?? '', /from ≤ 0\.250 at/)
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    right.locator('.exports button').first().click(),
  ])
  t.is(file.suggestedFilename(), 'sweep-bias-smoothed-time.csv')
  const csv = await readFile(await file.path(), 'utf8')
  t.regex(csv, /Time \(ms\),Layer,Bias against the smoothed gradient,at most,/)
  t.is(csv.trim().split('\r\n').length, 1 + 12)
  await page.goBack()
  await page.waitForSelector('[data-figure=sweep-bias-smoothed-copies]')
  t.is(await page.inputValue('#pick-right'), 'bias-smoothed')
  t.deepEqual(errors, [])
  await page.close()
})

test('without anything to draw against, the page says what to type', async t => {
  const file = await resultsFile()
  const store = await openStore(file)
  await store.deleteFrom('gradient_probe').where('copies', '=', 64).execute()
  await store.destroy()
  const served = await serve(file)
  t.teardown(served.stop)
  const { page, errors } = await watch(t.context.browser, served.url)
  await visit(page, `${served.url}/gradients`)
  const command = await page.textContent('.sweep [data-state=empty] code')
  t.is(command, 'npx gauntlet probe --plan probe-depth-width')
  t.is(await page.locator('[data-figure=gradient-variance]').count(), 1)
  t.deepEqual(errors, [])
  await page.close()
})

test('gradients by time step: the finding, the chart and its table, as the address says', async t => {
  const served = await serve(await stepResultsFile())
  t.teardown(served.stop)
  const { page, errors } = await watch(t.context.browser, served.url)
  await visit(page, `${served.url}/gradients`)
  t.regex((await page.textContent('#steps-finding')) ?? '', /until noise hides it$/)
  t.regex((await page.textContent('.steps .numbers')) ?? '', /a factor of 10\s000/)
  const { groups } = await served.read(t, '/gradients/steps?dataset=echo', stepsSchema)
  const chart = page.locator('[data-figure=gradient-by-step]')
  const cells = () =>
    chart.locator('tbody tr').evaluateAll(all => all.map(row => row.children[1]!.textContent))
  const expected = (at: number) => groups[at]!.steps.map(one => format.real(one.backprop.mean))
  t.deepEqual(await cells(), expected(0))
  t.regex((await chart.locator('canvas').getAttribute('aria-label')) ?? '', /2 of 3 steps only/)
  t.is(await page.locator('[data-figure=accuracy-by-arm] tbody tr').count(), 4)
  await page.selectOption('#pick-steps-models', groups[1]!.id)
  await page.waitForURL(/steps-models=/)
  await settled(page)
  t.deepEqual(await cells(), expected(1))
  await page.selectOption('#pick-steps-arm', 'lr-logit')
  await page.waitForURL(/gradients\?steps-arm=lr-logit$/)
  await settled(page)
  t.deepEqual(await cells(), expected(2))
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    chart.locator('.exports button').first().click(),
  ])
  const csv = (await readFile(await file.path(), 'utf8')).trim().split('\r\n')
  t.regex(csv[0]!, /Step,Backprop,"Backprop, single models",One estimate,/)
  t.regex(csv[1]!, /,1,0\.5,0\.5 0\.5,[^,]+,3 3,,none none,no,0,2,10,0\.725$/)
  t.is(csv.length, 1 + 3)
  await page.setViewportSize({ width: 400, height: 800 })
  await page.reload()
  await settled(page)
  t.true((await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')) <= 0)
  t.deepEqual(errors, [])
  await page.close()
})

test('without recurrent networks, the page says what to type', async t => {
  const { served, browser } = t.context
  const { page } = await watch(browser, served.url)
  await visit(page, `${served.url}/gradients`)
  const command = await page.textContent('.steps [data-state=empty] code')
  t.is(command, 'npx gauntlet probe --plan memory')
  await page.close()
})

test('the runs are those of the API, sorted and filtered by the address', async t => {
  const { served, browser } = t.context
  const { page } = await watch(browser, served.url)
  await visit(page, `${served.url}/runs?arm=lr-logit&sort=seed&order=asc`)
  const path = '/runs?arm=lr-logit&sort=seed&order=asc'
  const { items } = await served.read(t, path, runsSchema)
  const links = await page.$$eval('#runs tbody a', all => all.map(a => a.getAttribute('href')))
  t.deepEqual(
    links,
    items.map(run => `/runs/${run.id}`),
  )
  t.is(await page.getAttribute('th:has(#sort-seed)', 'aria-sort'), 'ascending')
  await page.close()
})

test('choices go into the address; reload and the back button restore them', async t => {
  const { served, browser } = t.context
  const { page, errors } = await watch(browser, served.url)
  await visit(page, served.url)
  await page.selectOption('#pick-attack', 'pgd')
  await page.waitForURL(/attack=pgd/)
  await settled(page)
  await page.focus('#pick-epsilon')
  await page.selectOption('#pick-epsilon', '0.2')
  await page.waitForURL(/epsilon=0.2/)
  await settled(page)
  t.regex((await page.textContent('.numbers')) ?? '', /PGD L∞ ε = 0\.2/)
  t.is(await page.evaluate('document.activeElement?.id'), 'pick-epsilon')
  await page.reload()
  await settled(page)
  t.is(await page.inputValue('#pick-epsilon'), '0.2')
  await page.goBack()
  await page.waitForSelector('.numbers:has-text("ε = 0.1")')
  t.is(await page.inputValue('#pick-epsilon'), '0.1')
  await page.goBack()
  await page.waitForSelector('.numbers:has-text("worst case")')
  t.false(page.url().includes('attack'))
  t.deepEqual(errors, [])
  await page.close()
})

test('the keyboard reaches a run: skip link, links, sort, copy', async t => {
  const { served, browser } = t.context
  const { page } = await watch(browser, served.url)
  await visit(page, served.url)
  const focused = () => page.evaluate('document.activeElement?.textContent?.trim()')
  await page.keyboard.press('Tab')
  t.is(await focused(), 'Skip to content')
  for (const name of ['Gauntlet', ...navigation.map(([, name]) => name)]) {
    await page.keyboard.press('Tab')
    t.is(await focused(), name)
  }
  const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineWidth')
  t.is(outline, '3px')
  await page.locator('nav a', { hasText: 'Runs' }).focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/runs$/)
  await settled(page)
  t.is(await page.evaluate('document.activeElement?.id'), 'main')
  await page.focus('#sort-accuracy')
  await page.keyboard.press('Enter')
  await page.waitForURL(/sort=accuracy/)
  await settled(page)
  t.is(await page.evaluate('document.activeElement?.id'), 'sort-accuracy')
  await page.focus('#runs tbody tr:first-child a')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/runs\/.+/)
  await settled(page)
  await browser.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.focus('.command button')
  await page.keyboard.press('Enter')
  await page.waitForSelector('#live:has-text("Command copied")', { state: 'attached' })
  const copied = await page.evaluate<string>('navigator.clipboard.readText()')
  t.regex(copied, /^npx gauntlet reproduce \S+$/)
  await page.close()
})

test('exports hold the plotted rows, with units', async t => {
  const { served, browser } = t.context
  const { page } = await watch(browser, served.url)
  await visit(page, served.url)
  const figure = page.locator('[data-figure=accuracy-worst-case-linf]')
  const save = async (index: number) => {
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      figure.locator('.exports button').nth(index).click(),
    ])
    return { name: file.suggestedFilename(), content: await readFile(await file.path()) }
  }
  const csv = await save(0)
  t.is(csv.name, 'accuracy-worst-case-linf.csv')
  const lines = csv.content.toString().trim().split('\r\n')
  t.regex(lines[0]!, /ε \(pixels from 0 to 1\),Accuracy \(share\),"95 % low \(share, Wilson\)"/)
  t.is(lines.length, 1 + (await figure.locator('tbody tr').count()))
  t.is(JSON.parse((await save(1)).content.toString()).length, lines.length - 1)
  const png = (await save(2)).content
  t.deepEqual([...png.subarray(1, 4)], [...Buffer.from('PNG')])
  const width = await figure.locator('canvas').evaluate(canvas => canvas.clientWidth)
  t.is(png.readUInt32BE(16), 2 * width)
  await page.close()
})

test('the dark page has dark charts, and the switch is kept', async t => {
  const { served } = t.context
  const browser = await openBrowser({ dark: true })
  t.teardown(() => browser.close())
  const { page, errors } = await watch(browser, served.url)
  await visit(page, served.url)
  const page_ = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
  const chart = () =>
    page.$eval('canvas', canvas => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
      let sum = 0
      let drawn = 0
      for (let at = 0; at < data.length; at += 4) {
        if (data[at + 3]! < 200) continue
        sum += (data[at]! + data[at + 1]! + data[at + 2]!) / 3
        drawn++
      }
      return sum / drawn
    })
  t.is(await page_(), 'rgb(15, 21, 27)')
  const dark = await chart()
  t.true((await page.screenshot()).length > 20_000)
  await page.selectOption('#theme', 'light')
  t.is(await page_(), 'rgb(245, 247, 249)')
  await page.reload()
  await settled(page)
  t.is(await page_(), 'rgb(245, 247, 249)')
  t.true(Math.abs((await chart()) - dark) > 20)
  await page.selectOption('#theme', 'auto')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.waitForSelector('html[data-theme=light]')
  t.is(await page_(), 'rgb(245, 247, 249)')
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.waitForSelector('html[data-theme=dark]')
  t.is(await page_(), 'rgb(15, 21, 27)')
  t.true(Math.abs((await chart()) - dark) < 10)
  t.deepEqual(errors, [])
})

test('an empty database says so and how to change it, and fills by itself', async t => {
  const file = await resultsFile({ filled: false })
  const served = await serve(file)
  t.teardown(served.stop)
  const { page, errors } = await watch(t.context.browser, served.url)
  for (const path of ['/gradients', '/runs', '/']) {
    await visit(page, served.url + path)
    t.is(await page.textContent('[data-state=empty] h2'), 'No runs yet')
    t.is(await page.textContent('[data-state=empty] code'), 'npm run nightly')
  }
  const store = await openStore(file)
  await store.transaction().execute(fill)
  await store.destroy()
  await page.waitForSelector('.finding', { timeout: 30_000 })
  await page.waitForSelector('#live:has-text("Updated")', { state: 'attached' })
  t.deepEqual(errors, [])
  await page.close()
})

test('filters that leave nothing can be cleared', async t => {
  const { served, browser } = t.context
  const { page } = await watch(browser, served.url)
  await visit(page, `${served.url}/runs?state=diverged&arm=bp`)
  await page.click('[data-state=filtered] a')
  await page.waitForSelector('#runs')
  t.is(new URL(page.url()).search, '')
  await page.close()
})

test('a training that failed has a page: why, its configuration, who asked for it', async t => {
  const { served, browser } = t.context
  const { page, errors } = await watch(browser, served.url)
  await visit(page, `${served.url}/nightly/nightly-1`)
  await page.click('text=train c')
  await page.waitForURL(/\/runs\/c$/)
  await settled(page)
  const outcome = await page.locator('section[aria-label=Outcome]').innerText()
  t.true(outcome.includes('This failed'))
  t.true(outcome.includes(unlucky))
  t.is(await page.locator('dl dt').first().innerText(), 'job')
  t.is(await page.locator('text=Executions that asked for this run').count(), 1)
  t.deepEqual(errors, [])
  await page.close()
})

test('an unknown run is an error with the id of the request', async t => {
  const { served, browser } = t.context
  const { page } = await watch(browser, served.url)
  await visit(page, `${served.url}/runs/nope`)
  t.regex(
    (await page.textContent('[data-state=error]')) ?? '',
    /unknown run: nope.*Request [0-9a-f-]{36}/,
  )
  await page.close()
})

test('a server that stops is told, and another try works when it is back', async t => {
  const served = await serve()
  const { page } = await watch(t.context.browser, served.url)
  await visit(page, `${served.url}/runs`)
  await served.stop()
  await page.click('nav a[href="/gradients"]')
  await page.waitForSelector('[data-state=error]')
  t.regex((await page.textContent('[data-state=error]')) ?? '', /cannot be reached/)
  const back = await serve(undefined, undefined, Number(new URL(served.url).port))
  t.teardown(back.stop)
  await page.click('#retry')
  await page.waitForSelector('[data-figure=gradient-variance]')
  t.is(await page.locator('[data-state=error]').count(), 0)
  await page.close()
})
