import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { gatherReport } from '../../src/report/gather.ts'
import { toHtml } from '../../src/report/html.ts'
import { toMarkdown } from '../../src/report/markdown.ts'
import { reportSchema } from '../../src/report/report-schema.ts'
import { toDocument } from '../../src/report/to-document.ts'
import { saveVerdict } from '../../src/store/results.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { gauntlet, temporaryFolder } from '../runner/command.ts'
import { environment, fill } from '../server/fixture.ts'

const now = new Date(Date.UTC(2026, 10, 21))

async function filled(t: Parameters<typeof temporaryFolder>[0]) {
  const folder = await temporaryFolder(t)
  const store = await openStore(join(folder, 'gauntlet.db'))
  t.teardown(() => store.destroy())
  await store.transaction().execute(fill)
  return { folder, store }
}

const written = async (store: Store, asked = {}) => {
  const blocks = toDocument(await gatherReport(store, asked, now))
  return { markdown: toMarkdown(blocks), html: toHtml(blocks, 'Gauntlet report') }
}

/* The outcomes of `tiny` are written out in the server's fixture: bp is right on 2 and 3 of ten
   examples under FGSM, the likelihood ratio on 6 and 5. */
test('the report says what the examples say, the worst case in bold', async t => {
  const { store } = await filled(t)
  const report = await gatherReport(store, { dataset: 'tiny' }, now)
  t.deepEqual(reportSchema.parse(report), report)
  const [section, ...others] = report.sections
  t.is(others.length, 0)
  const [answer] = section!.answers
  const worst = answer!.robustness.differences.find(
    one => one.attack === 'worst-case' && one.epsilon === 0.1,
  )
  t.is(worst!.difference, 0.3)
  t.is(answer!.findings[0]!.verdict, 'undecided')
  const { markdown, html } = await written(store, { dataset: 'tiny' })
  t.regex(markdown, /^\| lr-logit \| 90\.0 ± 0\.0 \| 55\.0 ± 7\.1 \| \*\*55\.0 ± 7\.1\*\* \|$/mu)
  t.regex(html, /<th scope="row">lr-logit<\/th>.*<strong>55\.0 ± 7\.1<\/strong>/u)
  t.true(markdown.includes(`SHA-256 ${'e'.repeat(64)}`))
  t.true(markdown.includes('npx gauntlet reproduce linear-lr-logit-0'))
})

test('what was measured besides is in it, and what was not is said', async t => {
  const { store } = await filled(t)
  await saveVerdict(
    store,
    {
      ...{ id: 'v', model_id: 'lenet-lr-logit-0', norm: 'linf', epsilon: 0.1, n: 10, seed: 0 },
      ...{ settings_config: '{}', verdict: 'masked', reasons: '["Zero gradients."]', seconds: 1 },
      ...{ environment_id: environment.id, created_at: '2026-11-20T02:00:00.000Z' },
    },
    [],
  )
  const { sections } = await gatherReport(store, { architecture: 'lenet' }, now)
  const [lenet] = sections
  t.is(lenet!.corruptions[0]!.kinds, 3)
  t.true(lenet!.certified.length > 3)
  t.true(lenet!.gradients.some(one => one.estimator === 'lr-logit' && one.copies === 64))
  t.true(lenet!.missing.some(line => line.startsWith('linf: no AutoAttack: ')))
  t.true(lenet!.missing.some(line => /checks on bp, bp-noise: npx gauntlet check/u.test(line)))
  t.true(lenet!.missing.includes('Made with changes on top of commit abc1234+'))
  const { markdown } = await written(store, { architecture: 'lenet' })
  t.regex(markdown, /^\| lr-logit \| 0 \| 0\.1 \| masked \| 10 \| Zero gradients\. \|$/mu)
  t.regex(markdown, /left-out lr-logit: seed 2, its training diverged/u)
})

test('names cannot become markup, in HTML or Markdown', async t => {
  const { store } = await filled(t)
  const name = `<script>alert(1)</script>"'&|*[x](javascript:x)\n# y`
  await store
    .updateTable('dataset')
    .set({ name, licence: name })
    .where('name', '=', 'tiny')
    .execute()
  await store.updateTable('environment').set({ device: name }).execute()
  const { markdown, html } = await written(store, { dataset: name })
  const [safe, css] = [
    html.replace(/<style>.*<\/style>/su, ''),
    /<style>(.*)<\/style>/su.exec(html),
  ]
  t.false(css![1]!.includes('script'))
  t.notRegex(safe, /<script|javascript:x\)["']|<[^>]* on\w+=|<[^>]*style=/iu)
  t.true(safe.includes('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;|*'))
  t.false(markdown.includes('<script'))
  t.false(markdown.includes('](javascript'))
  t.false(/^# y/mu.test(markdown))
  t.true(markdown.includes('&lt;script&gt;alert(1)&lt;/script&gt;"\'&amp;\\|\\*'))
})

test('the HTML needs nothing from elsewhere', async t => {
  const { store } = await filled(t)
  const { html } = await written(store, { architecture: 'mlp' })
  t.regex(
    html,
    /content="default-src &#39;none&#39;; style-src|content="default-src 'none'; style-src/u,
  )
  t.notRegex(html, /<(?:script|link|img|iframe|object)|url\(|@import|(?:src|href)=/u)
  const charts = html.match(/<svg [^>]*role="img" aria-label="[^"]+"/gu)
  t.is(charts?.length, 1)
  t.is(html.match(/<table>/gu)!.length, html.match(/<caption>/gu)!.length)
})

test('the command writes to a file or to standard output, and says what is not there', async t => {
  const { folder } = await filled(t)
  const file = join(folder, 'report.html')
  const options = ['report', '--results', folder, '--dataset', 'tiny']
  const { status, stdout } = await gauntlet(...options, '--format', 'html', '--output', file)
  t.deepEqual([status, stdout], [0, `Wrote ${file}.\n`])
  t.true((await readFile(file, 'utf8')).startsWith('<!doctype html>'))
  const json = await gauntlet(...options, '--format', 'json')
  t.is(reportSchema.parse(JSON.parse(json.stdout)).sections.length, 1)
  const nothing = await gauntlet('report', '--results', folder, '--dataset', 'nobody')
  t.is(nothing.status, 2)
  t.regex(nothing.stderr, /^error: unknown report: there are no models like this .*\n$/u)
  const full = await gauntlet(...options, '--output', folder)
  t.is(full.status, 1)
  t.regex(full.stderr, /^error: cannot write .*\n$/u)
})
