import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { download } from '../../src/data/download.ts'
import { WorkError } from '../../src/errors.ts'
import { publishedFile, temporaryFolder } from './folders.ts'
import { serve } from './server.ts'

const content = Buffer.alloc(300_000, 'what was published ')
const ignore = () => {}

/** Expects the download to fail with this message and to leave the folder empty. */
async function failsCleanly(
  t: ExecutionContext,
  urls: readonly string[],
  message: string | RegExp,
  options = {},
): Promise<void> {
  const folder = await temporaryFolder(t)
  const file = publishedFile('file.gz', content, urls)
  const work = download(file, join(folder, 'file.gz'), ignore, options)
  await t.throwsAsync(work, { instanceOf: WorkError, message })
  t.deepEqual(await readdir(folder), [])
}

test('a file with the published checksum arrives whole, in a folder made for it', async t => {
  const base = await serve(t, (_, response) => response.end(content))
  const folder = await temporaryFolder(t)
  const target = join(folder, 'new', 'set', 'file.gz')
  await download(publishedFile('file.gz', content, [base]), target, ignore)
  t.deepEqual(await readFile(target), content)
  t.deepEqual(await readdir(join(folder, 'new', 'set')), ['file.gz'])
})

test('until the last byte is checked nothing lies under the final name', async t => {
  const folder = await temporaryFolder(t)
  const target = join(folder, 'file.gz')
  let finish = ignore
  const halfSent = new Promise<void>(resolve => {
    finish = resolve
  })
  let release = ignore
  const base = await serve(t, (_, response) => {
    response.write(content.subarray(0, 200_000))
    release = () => response.end(content.subarray(200_000))
    finish()
  })
  const work = download(publishedFile('file.gz', content, [base]), target, ignore)
  await halfSent
  let seen = await readdir(folder)
  while (seen.length === 0) seen = await readdir(folder)
  t.deepEqual(seen, [`file.gz.${process.pid}.part`])
  release()
  await work
  t.deepEqual(await readdir(folder), ['file.gz'])
})

test('an old file stays as it was when its replacement fails', async t => {
  const base = await serve(t, (_, response) => response.end('something else'))
  const folder = await temporaryFolder(t)
  const target = join(folder, 'file.gz')
  await writeFile(target, 'old')
  await t.throwsAsync(download(publishedFile('file.gz', content, [base]), target, ignore))
  t.is(await readFile(target, 'utf8'), 'old')
  t.deepEqual(await readdir(folder), ['file.gz'])
})

test('a body shorter than announced leaves nothing', async t => {
  const base = await serve(t, (_, response) => {
    response.writeHead(200, { 'content-length': content.length })
    response.write(content.subarray(0, 100_000), () => response.destroy())
  })
  await failsCleanly(t, [base], /^failed download: file\.gz: 127\.0\.0\.1:\d+: [^\n]+$/)
})

test('a body that ends early without saying so leaves nothing', async t => {
  const base = await serve(t, (_, response) => response.end(content.subarray(0, 100_000)))
  await failsCleanly(t, [base], /: 100000 bytes, expected 300000$/)
})

test('a body longer than published is cut off and leaves nothing', async t => {
  const base = await serve(t, (_, response) => {
    const send = () => {
      while (!response.destroyed && response.write(content));
    }
    response.on('drain', send)
    send()
  })
  await failsCleanly(t, [base], /: more than the expected 300000 bytes$/)
})

test('another content of the same size leaves nothing', async t => {
  const base = await serve(t, (_, response) => response.end(Buffer.alloc(content.length)))
  await failsCleanly(t, [base], /: SHA-256 [0-9a-f]{12}…, expected [0-9a-f]{12}…$/)
})

test('an error page is not taken for the file', async t => {
  const base = await serve(t, (_, response) => response.writeHead(404).end(content))
  await failsCleanly(t, [base], /: status 404 Not Found$/)
})

test('a server that nobody runs is one line', async t => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  await failsCleanly(
    t,
    [`http://127.0.0.1:${port}/`],
    `failed download: file.gz: 127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}`,
  )
})

test('a server that falls silent is given up', async t => {
  const base = await serve(t, (_, response) => {
    response.write(content.subarray(0, 1000))
  })
  await failsCleanly(t, [base], /: no data for 0\.2 s$/, { patienceMs: 200 })
})

test('an interrupted download leaves nothing and asks no further address', async t => {
  let asked = 0
  const interrupt = new AbortController()
  const base = await serve(t, (_, response) => {
    asked++
    response.write(content.subarray(0, 1000))
    setTimeout(() => interrupt.abort(), 100)
  })
  await failsCleanly(t, [base, base], `interrupted download: ${base}`, { signal: interrupt.signal })
  t.is(asked, 1)
})

test('the addresses are tried in order until one gives the file', async t => {
  const folder = await temporaryFolder(t)
  const asked: (string | undefined)[] = []
  const base = await serve(t, (request, response) => {
    asked.push(request.url)
    if (request.url === '/gone') response.writeHead(410).end()
    else response.end(request.url === '/good' ? content : 'wrong')
  })
  const urls = ['gone', 'wrong', 'good', 'never'].map(path => base + path)
  const lines: string[] = []
  const target = join(folder, 'file.gz')
  await download(publishedFile('file.gz', content, urls), target, line => lines.push(line))
  t.deepEqual(asked, ['/gone', '/wrong', '/good'])
  t.deepEqual(lines, [`  ${base}gone: status 410 Gone`, `  ${base}wrong: 5 bytes, expected 300000`])
  t.deepEqual(await readFile(target), content)
})

test('a folder that cannot be written is one line, and no further address is tried', async t => {
  const folder = await temporaryFolder(t)
  await writeFile(join(folder, 'plain'), '')
  let asked = 0
  const base = await serve(t, (_, response) => {
    asked++
    response.end(content)
  })
  const target = join(folder, 'plain', 'file.gz')
  await t.throwsAsync(download(publishedFile('file.gz', content, [base, base]), target, ignore), {
    instanceOf: WorkError,
    message: new RegExp(`^cannot write ${target}: .*$`),
  })
  t.is(asked, 0)
})

test('a long file reports every quarter', async t => {
  const long = Buffer.alloc(2_000_000, 7)
  const base = await serve(t, async (_, response) => {
    for (let at = 0; at < long.length; at += 50_000) {
      if (!response.write(long.subarray(at, at + 50_000))) await once(response, 'drain')
    }
    response.end()
  })
  const lines: string[] = []
  const target = join(await temporaryFolder(t), 'long.gz')
  await download(publishedFile('long.gz', long, [base]), target, line => lines.push(line))
  t.deepEqual(lines, ['  25 %', '  50 %', '  75 %', '  100 %'])
})
