import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import type { PlanInput } from '../../src/plans/plan.ts'
import {
  gauntlet,
  planFile,
  resultsOf,
  start,
  temporaryFolder,
  tinyPlan,
} from '../runner/command.ts'
import { elements } from './xml.ts'

/** Two models that are worth an attack; PGD with one short step. */
const weak: PlanInput = {
  ...tinyPlan,
  name: 'watched',
  models: tinyPlan.models.map(group => ({
    ...group,
    data: { name: 'glyphs', train: 1500, test: 400 },
    training: { ...group.training, epochs: 15 },
    arms: [{ name: 'bp' }, { name: 'lr-logit', copies: 4 }],
  })),
  attacks: [
    { attack: { name: 'fgsm' }, epsilons: [0.05] },
    { attack: { name: 'pgd', steps: 1, restarts: 1, relativeStep: 0.1 }, epsilons: [0.05] },
  ],
  examples: 400,
  transfer: 'none',
}

const strong: PlanInput = {
  ...weak,
  attacks: [
    weak.attacks![0]!,
    { attack: { name: 'pgd', steps: 20, restarts: 2 }, epsilons: [0.05] },
  ],
}

test('a stronger attack is found in the same folder and against another; what is unchanged is not', async t => {
  const [home, fresh] = [await temporaryFolder(t), await temporaryFolder(t)]
  const night = (plan: string, results: string, ...more: string[]) =>
    gauntlet('nightly', '--plan', plan, '--results', results, '--workers', '1', ...more)
  const plan = await planFile(home, weak)
  const first = await night(plan, home, '--summary', join(home, 'first.md'))
  t.is(first.status, 0, first.stderr)
  t.regex(await readFile(join(home, 'first.md'), 'utf8'), /No earlier nightly of this plan/)

  const files = [join(home, 'summary.md'), join(home, 'junit.xml')] as const
  const changed = await planFile(fresh, strong)
  const second = await night(changed, home, '--summary', files[0], '--junit', files[1])
  t.is(second.status, 3, second.stdout + second.stderr)
  t.regex(second.stdout, /\n[1-4] regressions? since /)
  t.regex(second.stdout, /Changed: attacks\[1\]\.attack\.steps 1 → 20/)
  t.regex(
    second.stdout,
    /glyphs mlp bp seed 0: pgd linf 0\.05 .* same weights: the attack is stronger now/,
  )
  const summary = await readFile(files[0], 'utf8')
  t.regex(summary, /^# Nightly watched: done\n/)
  t.regex(summary, /\n## Regressions \(\d\)\n\n\| what \| before \| now \|/)
  t.regex(
    summary,
    /\n\| glyphs mlp bp seed 0: pgd linf 0\.05 \| [\d.]+ % \| [\d.]+ % \| −[\d.]+ \[/,
  )
  const xml = elements(await readFile(files[1], 'utf8'))
  const cases = xml.filter(({ name }) => name === 'testcase')
  const failures = xml.filter(({ name }) => name === 'failure')
  const [suites] = xml.filter(({ name }) => name === 'testsuites')
  t.is(suites!.attributes.tests, String(cases.length))
  t.is(suites!.attributes.failures, String(failures.length))
  t.true(failures.length >= 1)
  t.true(cases.some(one => one.attributes.name === 'train glyphs mlp bp seed 0'))

  const later = await gauntlet('regressions', '--results', home, '--format', 'json')
  t.is(later.status, 3)
  const found = JSON.parse(later.stdout)
  t.is(
    found.changes.filter((one: { verdict: string }) => one.verdict === 'regression').length,
    failures.length,
  )

  // The same again in a fresh folder: the weights come out the same, and so does all the rest.
  const same = await night(changed, fresh, '--baseline', home)
  t.is(same.status, 0, same.stdout + same.stderr)
  t.regex(same.stdout, /No change that can be told since /)
  t.regex(same.stdout, /; 0 of them differ in anything/)
  const store = await resultsOf(t, fresh)
  const history = await store.selectFrom('nightly').selectAll().orderBy('started_at').execute()
  t.deepEqual(
    history.map(({ origin }) => origin),
    [home, home, null],
  )
  t.is(new Set(history.map(({ commits }) => commits)).size, 1)
  const kept = await store
    .selectFrom('nightly_measure')
    .where('metric', '=', 'worst')
    .where('arm', '=', 'bp')
    .innerJoin('nightly', 'nightly.id', 'nightly_measure.nightly_id')
    .orderBy('nightly.started_at')
    .select('value')
    .execute()
  t.is(kept.length, 3)
  t.true(kept[1]!.value < kept[0]!.value)
  t.is(kept[2]!.value, kept[1]!.value)
})

test('mistakes with a baseline are told before any work is done', async t => {
  const folder = await temporaryFolder(t)
  const args = ['nightly', '--results', folder]
  for (const [words, message] of [
    [['--baseline', join(folder, 'none')], /^error: no results yet: /],
    [['--baseline', folder], /^error: invalid baseline: .* is the results folder itself/],
    [
      ['--until', '25:00'],
      /--until <hh:mm>' argument '25:00' is invalid\. It must be a time of day/,
    ],
    [['--max-hours', '0'], /It must be a number of hours above 0/],
  ] as const) {
    const { status, stderr } = await gauntlet(...args, ...words)
    t.is(status, 2)
    t.regex(stderr, message)
  }
})

test('when the time is up the workers stop, what is done is kept, and the same command goes on', async t => {
  const folder = await temporaryFolder(t)
  const long: PlanInput = {
    ...tinyPlan,
    name: 'long',
    models: tinyPlan.models.map(group => ({
      ...group,
      // Ends when the clock says so, and is expected to: 3 seconds of training each.
      training: { batch: 30, learningRate: 0.01, seconds: 3 },
    })),
    probe: null,
  }
  const plan = await planFile(folder, long)
  const args = ['nightly', '--plan', plan, '--results', folder, '--workers', '1']
  const summary = join(folder, 'summary.md')
  const hours = String(8 / 3600)
  const running = start(...args, '--max-hours', hours, '--summary', summary)
  const { status, stdout } = await running.ended
  t.is(status, 0, stdout)
  t.regex(
    stdout,
    /The time is up: \d+ of \d+ jobs are done\. To go on, type:\n {2}npx gauntlet nightly/,
  )
  t.regex(await readFile(summary, 'utf8'), /^# Nightly long: the time was up\n/)
  const store = await resultsOf(t, folder)
  const states = async () =>
    (await store.selectFrom('nightly').select('state').orderBy('started_at').execute()).map(
      ({ state }) => state,
    )
  t.deepEqual(await states(), ['interrupted'])
  const jobs = await store.selectFrom('job').select(['state', 'attempts']).execute()
  t.true(jobs.some(({ state }) => state === 'waiting'))
  t.false(jobs.some(({ state }) => state === 'running'))
  t.true(jobs.every(({ state, attempts }) => state === 'done' || attempts === 0))

  const rest = await gauntlet(...args)
  t.is(rest.status, 0)
  t.deepEqual(await states(), ['interrupted', 'done'])
})
