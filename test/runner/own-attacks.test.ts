import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { PlanInput } from '../../src/plans/plan.ts'
import type { Store } from '../../src/store/store.ts'
import { gauntlet, planFile, resultsOf, temporaryFolder, tinyPlan } from './command.ts'
import { trained } from './trained.ts'

const docs = new URL('../../../docs/', import.meta.url)
const example = readFileSync(new URL('examples/fast-sign.ts', docs), 'utf8')

const evaluationsOf = (store: Store) =>
  store.selectFrom('evaluation').selectAll().where('attack', '!=', 'none').execute()

const examplesOf = (store: Store, id: string) =>
  store.selectFrom('example').selectAll().where('evaluation_id', '=', id).execute()

const keptIn = (results: string) => readdir(join(results, 'attacks')).catch(() => [])

/** A folder with these files. */
async function attacksFolder(t: ExecutionContext, files: Readonly<Record<string, string>>) {
  const folder = join(await temporaryFolder(t), 'my attacks')
  await mkdir(folder)
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  return folder
}

test('the example of the documentation is the one that is tested', async t => {
  const page = await readFile(new URL('attacks.md', docs), 'utf8')
  t.true(page.includes(`\`\`\`ts\n${example}\`\`\``), 'docs/attacks.md shows examples/fast-sign.ts')
})

test('a file in a folder is an attack; a changed one is another, an unchanged one is done', async t => {
  const { folder: results, id } = await trained(t)
  const folder = await attacksFolder(t, { 'fast-sign.ts': example, 'types.d.ts': '', 'a.txt': '' })
  const args = [
    ...['attack', '--attacks', folder, '--model', id, '--eps', '0.05', '--n', '30'],
    ...['--attack', '{"name":"fast-sign","steps":3}', 'fgsm', '--results', results],
  ]
  t.regex((await gauntlet(...args, '--dry-run')).stdout, / fast-sign linf 0\.05 on /)
  t.deepEqual(await keptIn(results), [], 'a dry run writes nothing')
  const { status, stdout, stderr } = await gauntlet(...args)
  t.is(stderr, '')
  t.is(status, 0)
  t.regex(stdout, /^fast-sign +linf 0\.05 +\d+\.\d \[/m)
  const store = await resultsOf(t, results)
  const [own] = (await evaluationsOf(store)).filter(({ attack }) => attack === 'fast-sign')
  const { sha256, ...options } = JSON.parse(own!.attack_config)
  t.deepEqual(options, { name: 'fast-sign', norm: 'linf', steps: 3 })
  t.is(own!.queries_mean, 3, 'calls are counted')
  t.true(own!.robust_correct < own!.clean_correct)
  const kept = await readFile(join(results, 'attacks', `${sha256}.mjs`))
  t.is(createHash('sha256').update(kept).digest('hex'), sha256)

  const file = join(folder, 'fast-sign.ts')
  await writeFile(file, `// A comment changes nothing.\n${example}`)
  t.regex((await gauntlet(...args)).stdout, /Nothing to do: all 3 jobs/)
  await writeFile(file, example.replace('1.25', '1.5'))
  t.regex((await gauntlet(...args)).stdout, /^3 of 3 jobs done/m)
  const rows = (await evaluationsOf(store)).filter(({ attack }) => attack === 'fast-sign')
  t.is(new Set(rows.map(row => row.attack_config)).size, 2)
  t.is((await keptIn(results)).length, 2, 'the code of either is kept')

  // The checks know it by what is kept.
  const check = ['check', '--model', id, '--eps', '0.05', '--n', '20', '--results', results]
  const checked = await gauntlet(...check)
  t.is(checked.status, 0, checked.stderr + checked.stdout)
  t.regex(checked.stdout, /28 +provenance +passed/)
})

/** An attack that hands back what this expression makes of the engine `tf` and its input `x`. */
const handing = (expression: string) =>
  `export default ({ tf }) => ({ create: () => ({ requires: [], run: (victim, x) => ${expression} }) })`

test('an attack cannot overstate itself, and one that fails stops no other', async t => {
  const { folder: results, id } = await trained(t)
  const folder = await attacksFolder(t, {
    'leaps.js': `export default ({ tf }) => ({
      create: () => ({
        ...{ norm: 'l1', epsilon: 100, requires: [] },
        run: (victim, x) => ({ adversarial: tf.sub(1, x), queries: Array(x.shape[0]).fill(7) }),
      }),
    })`,
    'boasts.mjs': handing('({ adversarial: x, success: tf.onesLike(x), brokenBy: ["a"] })'),
    'throws.js': handing('{ throw new Error("no idea\\nat all") }'),
    'shrinks.js': handing('x.flatten()'),
    'blurs.js': handing('tf.fill(x.shape, NaN)'),
    'waits.js': handing('Promise.resolve(x)'),
    'miscounts.js': handing('({ adversarial: x, queries: [1] })'),
  })
  const names = ['leaps', 'boasts', 'throws', 'shrinks', 'blurs', 'waits', 'miscounts', 'fgsm']
  const { status, stdout, stderr } = await gauntlet(
    ...['attack', '--attacks', folder, '--model', id, '--eps', '0.05', '--n', '30'],
    ...['--attack', ...names, '--results', results],
  )
  t.is(stderr, '')
  t.is(status, 1)
  for (const [name, reason] of [
    ['throws', 'no idea'],
    ['shrinks', String.raw`run hands back float32 \[\d+\] for float32 \[30, .*\]`],
    ['blurs', 'run hands back NaN in row 0 of its batch'],
    ['waits', String.raw`run hands back a promise \(it must not be async\)`],
    ['miscounts', 'queries must be 30 numbers, one for each example'],
  ]) {
    t.regex(
      stdout,
      new RegExp(
        `^failed: ${name} linf 0\\.05 on \\w+: invalid attack: ${name} failed: ${reason}`,
        'm',
      ),
    )
  }
  t.regex(stdout, /^failed: throws .* no idea \(line \d+ of its bundle in the results\)$/m)
  t.true(stdout.includes(`--attacks '${folder}'`), 'what to type to try again')
  const store = await resultsOf(t, results)
  const rows = await evaluationsOf(store)
  t.deepEqual(rows.map(({ attack }) => attack).sort(), ['boasts', 'fgsm', 'leaps'])
  for (const { id, attack, norm, epsilon, queries_mean, clean_correct, robust_correct } of rows) {
    t.deepEqual([norm, epsilon], ['linf', 0.05])
    const largest = Math.max(...(await examplesOf(store, id)).map(({ linf }) => linf!))
    if (attack === 'leaps') {
      t.is(queries_mean, 7)
      t.true(Math.abs(largest - 0.05) < 1e-6, 'clipped to the ball')
    }
    if (attack === 'boasts') t.deepEqual([largest, robust_correct], [0, clean_correct])
  }
})

/** Written as Gauntlet's own attacks are, but for the imports. */
const likeOurs = `
  import { direction } from './parts/direction.js'
  export default ({ tf, z, normSchema, crossEntropy, project, steepest }) => ({
    name: 'our-fgsm',
    options: z.strictObject({ name: z.literal('our-fgsm'), norm: normSchema }),
    create: ({ norm }, epsilon) => ({
      name: 'our-fgsm', norm, epsilon, config: {}, requires: ['lossGradient'],
      run(victim, x, labels) {
        const { gradient } = victim.lossGradient(x, crossEntropy(labels))
        const step = tf.mul(steepest(gradient, norm), epsilon * direction)
        const adversarial = project(tf.add(x, step), x, norm, epsilon, victim.bounds)
        return { adversarial, queries: new Float32Array(x.shape[0]).fill(1) }
      },
    }),
    expectedQueries: () => 1,
  })`

const [group] = tinyPlan.models

test('a plan with an attack of its own: white-box, transferred, through spikes, two workers', async t => {
  const folder = await attacksFolder(t, { 'fast-sign.ts': example, 'ours.js': likeOurs })
  await mkdir(join(folder, 'parts'))
  await writeFile(join(folder, 'parts', 'direction.js'), 'export const direction = 1')
  const results = await temporaryFolder(t)
  const plan: PlanInput = {
    name: 'own',
    models: [
      { ...group!, arms: [{ name: 'bp' }] },
      {
        ...group!,
        architecture: { name: 'snn', hidden: [16], steps: 3 },
        training: { ...group!.training, epochs: 10 },
        arms: [{ name: 'bp' }],
      },
    ],
    attacks: [
      { attack: { name: 'fast-sign', steps: 2, norm: 'l2' } as never, epsilons: [0.5] },
      { attack: { name: 'our-fgsm' } as never, epsilons: [0.05] },
      { attack: { name: 'fgsm' }, epsilons: [0.05] },
      {
        attack: { name: 'fast-sign', steps: 2 } as never,
        epsilons: [0.05],
        inference: { noise: { sigma: 0.1 }, eot: 3 },
      },
    ],
    examples: 40,
  }
  const args = [
    ...['nightly', '--plan', await planFile(results, plan), '--attacks', folder],
    ...['--results', results, '--workers', '2'],
  ]
  const { status, stdout, stderr } = await gauntlet(...args)
  t.is(stderr, '')
  t.is(status, 0, stdout)
  t.regex((await gauntlet(...args)).stdout, /Nothing to do: all 20 jobs/)
  const store = await resultsOf(t, results)
  const evaluations = await evaluationsOf(store)
  const noisy = evaluations.filter(({ inference }) => inference !== null)
  t.true(noisy.length > 0)
  const source = (id: string) => evaluations.find(row => row.crafted_on === id && !row.inference)!
  for (const { queries_mean, crafted_on } of noisy) {
    const spiking = JSON.parse(source(crafted_on).attack_config).surrogates
    if (!spiking) t.is(queries_mean, 2 * 3, 'two steps, three draws each')
  }
  const rows = evaluations.filter(({ inference }) => inference === null)
  const of = (name: string) => rows.filter(({ attack }) => attack === name)
  t.is(of('fast-sign').filter(row => row.model_id === row.crafted_on).length, 2)
  t.is(of('fast-sign').filter(row => row.model_id !== row.crafted_on).length, 2)
  const through = of('fast-sign').filter(row => JSON.parse(row.attack_config).surrogates)
  t.is(through.length, 2, 'the spiking model was attacked through surrogates, and transferred from')
  for (const row of of('fast-sign')) t.is(row.norm, 'l2')
  // What does the same as FGSM finds the same.
  const correct = (name: string) =>
    of(name)
      .map(row => `${row.model_id} ${row.crafted_on} ${row.robust_correct} ${row.queries_mean}`)
      .sort()
  t.deepEqual(correct('our-fgsm'), correct('fgsm'))
})
