import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { attackCommand } from '../../src/commands/attack.ts'
import { importCommand } from '../../src/commands/import.ts'
import { decodeSafetensors, encodeSafetensors } from '../../src/training/safetensors.ts'
import { gauntlet, refusal, resultsOf, start } from './command.ts'
import { trained } from './trained.ts'

test('a run is attacked, part by part, and what is done is not done again', async t => {
  const { folder, id } = await trained(t)
  const args = [
    ...['attack', '--model', id.slice(0, 8), '--attack', 'autoattack', 'pgd', '--eps', '0.03'],
    ...['--n', '30', '--results', folder],
  ]
  const dry = await gauntlet(...args, '--dry-run')
  t.regex(dry.stdout, /autoattack linf 0\.03 on \w+\n.*pgd linf 0\.03 on \w+\n3 jobs, about/)
  const { status, stdout, stderr } = await gauntlet(...args)
  t.is(stderr, '')
  t.is(status, 0)
  t.regex(stdout, /attack +radius +accuracy +calls +seconds/)
  for (const part of ['apgd-ce', 'apgd-t', 'fab-t', 'square']) {
    t.regex(stdout, new RegExp(`^ {2}${part} +linf 0\\.03 +\\d+\\.\\d \\[`, 'm'))
  }
  t.regex(stdout, /^worst case +linf 0\.03/m)
  const store = await resultsOf(t, folder)
  const examples = await store
    .selectFrom('example')
    .innerJoin('evaluation', 'evaluation.id', 'example.evaluation_id')
    .selectAll('example')
    .where('attack', '=', 'autoattack')
    .execute()
  t.is(examples.length, 30)
  t.true(examples.some(({ success }) => success === 1))
  for (const { success, component, l1, linf } of examples) {
    t.is(component === null, success === 0)
    t.true(l1! >= linf! && linf! <= 0.03 * (1 + 1e-6))
  }
  t.regex((await gauntlet(...args)).stdout, /Nothing to do: all 3 jobs/)
})

test('an attack that is stopped goes on after the batches that are done', async t => {
  const { folder, id } = await trained(t)
  const slow = JSON.stringify({ name: 'autoattack' })
  const args = [
    ...['attack', '--model', id, '--attack', slow, '--eps', '0.01', '--n', '100'],
    ...['--results', folder, '--workers', '1'],
  ]
  const running = start(...args)
  const parts = async () =>
    (await readdir(join(folder, 'examples')).catch(() => [])).filter(name => name.endsWith('.part'))
  while ((await parts()).length === 0) await new Promise(resolve => setTimeout(resolve, 50))
  running.child.kill('SIGINT')
  t.is((await running.ended).status, 130)
  const [name] = await parts()
  const file = join(folder, 'examples', name!)
  const { tensors } = decodeSafetensors(await readFile(file), file)
  const kept = tensors.queries!.values
  t.true(kept.length >= 25 && kept.length < 100)
  // A mark that only what was kept can carry.
  kept[0] = 123_456
  await writeFile(file, encodeSafetensors({ metadata: {}, tensors }))
  const { status } = await gauntlet(...args)
  t.is(status, 0)
  t.deepEqual(await parts(), [])
  const store = await resultsOf(t, folder)
  const examples = await store
    .selectFrom('example')
    .innerJoin('evaluation', 'evaluation.id', 'example.evaluation_id')
    .select(['example', 'queries'])
    .where('attack', '=', 'autoattack')
    .orderBy('example')
    .execute()
  t.is(examples.length, 100)
  t.deepEqual(
    examples.slice(0, kept.length).map(({ queries }) => queries),
    Array.from(kept),
  )
})

test('weights go out as npz and come back as a model of the same accuracy', async t => {
  const { folder, id } = await trained(t)
  const file = join(folder, 'net.npz')
  t.is((await gauntlet('export-model', id, file, '--results', folder)).status, 0)
  const imported = await gauntlet(
    ...['import', file, '--architecture', `${file}.architecture.json`, '--dataset', 'glyphs'],
    ...['--results', folder],
  )
  t.is(imported.stderr, '')
  t.is(imported.status, 0)
  const store = await resultsOf(t, folder)
  const models = await store.selectFrom('model').selectAll().execute()
  t.is(models.length, 2)
  const [own, other] = [models.find(model => model.id === id), models.find(m => m.id !== id)]
  t.is(other!.arm, 'imported')
  t.is(other!.clean_accuracy, own!.clean_accuracy)
  t.is(other!.parameters, own!.parameters)
  const { status, stdout } = await gauntlet(
    ...['attack', '--model', file, '--architecture', `${file}.architecture.json`],
    ...['--dataset', 'glyphs', '--attack', 'fgsm', '--eps', '0.1', '--n', '50'],
    ...['--results', folder],
  )
  t.is(status, 0)
  t.regex(stdout, /^fgsm +linf 0\.1 /m)
  t.is((await store.selectFrom('model').selectAll().execute()).length, 2, 'the same model')
})

test('mistakes in attack and import: one clear line and status 2', async t => {
  const { folder, id } = await trained(t)
  const attack = ['attack', '--results', folder, '--eps', '0.1']
  await writeFile(join(folder, 'notes.txt'), 'x')
  const mistakes: readonly [readonly string[], RegExp][] = [
    [[...attack, '--model', id, '--attack', 'laser'], /unknown name \(choose apgd-ce, /],
    [[...attack, '--model', id, '--attack', '{"name":"pgd","steps":0}'], /steps: /],
    [[...attack, '--model', id, '--attack', 'pgd', '--n', '1000000'], /has \d+ test examples/],
    [[...attack, '--model', id, '--attack', 'pgd', '--n', '0'], /at least 1/],
    [
      ['attack', '--results', join(folder, 'none'), '--model', id, '--attack', 'pgd', '--eps', '1'],
      /no results yet: \S+none/,
    ],
    [[...attack, '--model', 'ffff', '--attack', 'pgd'], /unknown run: ffff/],
    [[...attack, '--model', './net.npz', '--attack', 'pgd'], /needs --dataset/],
    [
      ['import', join(folder, 'notes.txt'), '--dataset', 'glyphs', '--results', folder],
      /unknown model: \S+notes\.txt/,
    ],
    [
      ['import', join(folder, 'no.npz'), '--dataset', 'glyphs', '--results', folder],
      /missing model: \S+no\.npz/,
    ],
    [['import', 'http://x', '--dataset', 'topics', '--results', folder], /has no images/],
  ]
  const commands = { attack: attackCommand, import: importCommand }
  for (const [[name, ...args], message] of mistakes) {
    const said = await refusal(commands[name as keyof typeof commands], ...args)
    t.regex(said, /^[^\n]+$/)
    t.regex(said, message)
  }
  const { status, stderr } = await gauntlet(...attack, '--model', id, '--attack', 'laser')
  t.is(status, 2)
  t.regex(stderr, /^error: invalid attack: [^\n]+\n$/)
  t.false((await readdir(folder)).includes('none'), 'no folder was made')
})
