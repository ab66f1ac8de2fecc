import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import anyTest, { type TestFn } from 'ava'
import type { BrowserContext } from 'playwright-core'
import { gatherReport } from '../../src/report/gather.ts'
import { toHtml } from '../../src/report/html.ts'
import { toDocument } from '../../src/report/to-document.ts'
import { openStore } from '../../src/store/store.ts'
import { resultsFile } from '../server/fixture.ts'
import { openBrowser, watch } from './browser.ts'

const test = anyTest.serial as TestFn<{ readonly browser: BrowserContext; readonly file: string }>

test.before(async t => {
  const database = await resultsFile()
  const store = await openStore(database, { readonly: true })
  const report = await gatherReport(store, { dataset: 'glyphs' }, new Date())
  await store.destroy()
  const file = join(dirname(database), 'report.html')
  await writeFile(file, toHtml(toDocument(report), 'Gauntlet report'))
  t.context = { file, browser: await openBrowser() }
})
test.after.always(t => t.context.browser?.close())

interface Findings {
  readonly violations: readonly {
    readonly id: string
    readonly nodes: readonly { readonly html: string }[]
  }[]
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`a report opened from disk is accessible and asks nobody for anything, ${colorScheme}`, async t => {
    const { page, errors } = await watch(t.context.browser, 'file://')
    await page.emulateMedia({ colorScheme })
    await page.goto(pathToFileURL(t.context.file).href)
    await page.click('details > summary')
    const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
    await page.evaluate(await readFile(axe, 'utf8'))
    const { violations } = (await page.evaluate('axe.run()')) as Findings
    t.deepEqual(
      violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`),
      [],
    )
    t.deepEqual(errors, [])
    await page.close()
  })
}

test('it fits a small screen and shows its charts in the colours of the arms', async t => {
  const { page } = await watch(t.context.browser, 'file://')
  await page.setViewportSize({ width: 360, height: 700 })
  await page.goto(pathToFileURL(t.context.file).href)
  t.is(await page.evaluate('document.documentElement.scrollWidth'), 360)
  const colours = (await page.evaluate(
    `[...document.querySelector('figure').querySelectorAll('polyline')]
      .map(line => getComputedStyle(line).stroke)`,
  )) as string[]
  t.is(new Set(colours).size, 3)
  await page.close()
})
