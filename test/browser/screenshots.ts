/**
 * Takes the pictures of the README from a results folder into a target folder, always at the same
 * size and in the light theme: `npm run screenshots -- <results folder> <target folder>`.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createApp } from '../../server/app.ts'
import { close, listen, urlOf } from '../../server/listen.ts'
import { openStore } from '../../src/store/store.ts'
import { openBrowser, visit } from './browser.ts'

const pictures = [
  { name: 'dashboard', address: '', height: 900 },
  { name: 'gradients', address: 'gradients', height: 760 },
  { name: 'attacks', address: 'attacks', height: 900 },
] as const

const [results, target, ...rest] = process.argv.slice(2)
if (!results || !target || rest.length > 0) {
  console.error(
    'invalid arguments: expected <results folder> <target folder> (npm run screenshots)',
  )
  process.exit(2)
}
await mkdir(target, { recursive: true })
const store = await openStore(join(results, 'gauntlet.db'), { readonly: true })
const server = await listen(createApp({ store, webFolder: 'build/web/public' }), 0, '127.0.0.1')
const browser = await openBrowser()
try {
  const page = await browser.newPage()
  for (const { name, address, height } of pictures) {
    await page.setViewportSize({ width: 1280, height })
    await visit(page, urlOf(server) + address)
    const path = join(target, `${name}.png`)
    await page.screenshot({ path, animations: 'disabled' })
    console.log(path)
  }
} finally {
  await browser.close()
  await close(server)
  await store.destroy()
}
