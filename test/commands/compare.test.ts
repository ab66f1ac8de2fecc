import { dirname } from 'node:path'
import anyTest, { type ExecutionContext, type TestFn } from 'ava'
import { z } from 'zod'
import { robustnessSchema } from '../../server/schemas/robustness.ts'
import { gauntlet, temporaryFolder } from '../runner/command.ts'
import { resultsFile } from '../server/fixture.ts'

const test = anyTest as TestFn<{ readonly results: string }>

test.before(async t => {
  t.context = { results: dirname(await resultsFile()) }
})

async function compare(t: ExecutionContext<{ readonly results: string }>, ...options: string[]) {
  const { status, stdout, stderr } = await gauntlet(
    ...['compare', '--results', t.context.results, ...options],
  )
  t.is(stderr, '')
  t.is(status, 0)
  return stdout
}

const cells = (lines: readonly string[]) => lines.map(line => line.trim().split(/ {2,}/u))

/* The outcomes are those written out in the server's fixture: under FGSM bp is right on 2 and 3 of
   ten examples, the likelihood ratio on 6 and 5; without attack on 8, 9 and 9, 9. */
test('accuracies over seeds, and differences with intervals over seeds and over examples', async t => {
  const lines = (await compare(t, '--dataset', 'tiny', '--eps', '0.1')).split('\n')
  t.true(lines.includes('tiny / linear, linf 0.1, 2 seeds'))
  const row = (start: string) => cells(lines).find(row => row.join('  ').startsWith(start))!
  t.deepEqual(row('arm').slice(0, 3), ['arm', 'clean', 'fgsm'])
  t.deepEqual(row('bp  ').slice(0, 3), ['bp', '85.0 ± 7.1', '25.0 ± 7.1'])
  t.deepEqual(row('lr-logit  ').slice(0, 3), ['lr-logit', '90.0 ± 0.0', '55.0 ± 7.1'])
  // Seeds differ by 40 and 20 points: 30 ± 12.706 · 10, of which all above 100 is cut off.
  const difference = row('lr-logit − bp  fgsm')
  t.deepEqual(difference.slice(0, 4), ['lr-logit − bp', 'fgsm', '+30.0', '[-97.1, +100.0]'])
  t.deepEqual(difference.slice(-2), ['10', '2'])
})

test('JSON is the answer of the API with bootstrap intervals', async t => {
  const text = await compare(t, '--architecture', 'lenet', '--format', 'json')
  const [answer, ...others] = z.array(robustnessSchema).parse(JSON.parse(text))
  t.is(others.length, 0)
  t.is(answer!.setting!.architecture, 'lenet')
  for (const { bootstrap, difference } of [...answer!.differences, ...answer!.gaps]) {
    t.true(bootstrap!.low <= difference + 1e-12 && bootstrap!.high >= difference - 1e-12)
  }
})

test('another arm than backprop can be what the others are compared with', async t => {
  const text = await compare(t, '--architecture', 'lenet', '--eps', '0.1', '--against', 'bp-noise')
  t.regex(text, /^lr-logit − bp-noise +pgd +\+/mu)
  t.regex(text, /^bp − bp-noise +pgd +-/mu)
  t.notRegex(text, / − bp /u)
  const nobody = await gauntlet('compare', '--results', t.context.results, '--against', 'es')
  t.is(nobody.status, 2)
  t.regex(nobody.stderr, /^error: unknown comparison: /u)
})

test('Markdown tables, with transfer next to white box', async t => {
  const text = await compare(t, '--architecture', 'lenet', '--eps', '0.1', '--format', 'markdown')
  t.regex(text, /^### glyphs \/ lenet, linf 0\.1, .* seeds?$/mu)
  t.regex(text, /^\| arm \| clean \| transfer \(pgd\) \| fgsm \| pgd \| worst-case \|$/mu)
  t.regex(text, /^\| lr-logit: transfer − white box \| pgd \| \+\d/mu)
})

test('what is not there is said in one line', async t => {
  const nothing = await gauntlet('compare', '--results', t.context.results, '--eps', '0.7')
  t.is(nothing.status, 2)
  t.regex(nothing.stderr, /^error: unknown comparison: .*\n$/u)
  const folder = await temporaryFolder(t)
  const missing = await gauntlet('compare', '--results', folder)
  t.not(missing.status, 0)
  t.is(missing.stderr.trim().split('\n').length, 1)
})
