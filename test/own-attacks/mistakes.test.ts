import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { readAttack } from '../../src/commands/read-attack.ts'
import { UsageError } from '../../src/errors.ts'
import { loadOwnAttacks } from '../../src/own-attacks/load-folder.ts'
import { gauntlet, planFile, temporaryFolder, tinyPlan } from '../runner/command.ts'

/** A file with this default export. */
const giving = (text: string) => `export default ({ tf, z, normSchema }) => (${text})`

const create = 'create: () => ({ run: (victim, x) => x })'

/** Files that are no attack, each with what is said of it. */
const files: readonly [string, Readonly<Record<string, string>>, RegExp][] = [
  ['no attacks', { 'notes.txt': '', 'types.d.ts': '' }, /missing attack: \S+ holds no file .*\.ts/],
  [
    'a file that does not compile',
    { 'mine.ts': 'export default () => ({\n  create: [ })' },
    /invalid attack: \S+\/mine\.ts:2:13: Unexpected "}"/,
  ],
  [
    'a file whose import does not compile',
    { 'mine.ts': "import './parts/x.ts'", 'parts/x.ts': 'const' },
    /invalid attack: \S+\/parts\/x\.ts:1:6: Expected identifier/,
  ],
  [
    'an import of a package',
    { 'mine.js': "import * as tf from '@tensorflow/tfjs'\nexport default () => tf" },
    /\S+\/mine\.js:1:21: import of @tensorflow\/tfjs \(use what the function is handed/,
  ],
  [
    'an import that is not there',
    { 'mine.js': "import './other.js'" },
    /mine\.js:1:8: Could not resolve "\.\/other\.js"/,
  ],
  ['no default export', { 'mine.js': 'export const x = 1' }, /mine\.js: no default export that/],
  [
    'a default export of another kind',
    { 'mine.js': 'export default {}' },
    /no default export that/,
  ],
  ['a function that throws', { 'mine.js': giving('nothing') }, /mine\.js: nothing is not defined/],
  ['nothing handed back', { 'mine.js': giving('undefined') }, /the function hands back no object/],
  ['no create', { 'mine.js': giving('{}') }, /mine\.js: create: must be a function \(options, eps/],
  ['a misspelt field', { 'mine.js': giving(`{ ${create}, option: {} }`) }, /key: "option"/],
  [
    'options of no schema',
    { 'mine.js': giving(`{ ${create}, options: { a: 1 } }`) },
    /options\.a: m/,
  ],
  [
    'options of rows',
    { 'mine.js': giving(`{ ${create}, options: { eot: z.int() } }`) },
    /options\.eot/,
  ],
  ['a name that is none', { 'My Attack.js': giving(`{ ${create} }`) }, /name: must be lower-case/],
  ['the name of an attack', { 'pgd.js': giving(`{ ${create} }`) }, /name pgd is taken by Gauntlet/],
  ['the name of no attack', { 'none.js': giving(`{ ${create} }`) }, /none is taken by Gauntlet/],
  [
    'one name twice',
    { 'a.js': giving(`{ ${create}, name: 'b' }`), 'b.js': giving(`{ ${create} }`) },
    /b\.js: the name b is taken by a\.js/,
  ],
]

/** The folder with these files in it. */
async function filled(folder: string, contents: Readonly<Record<string, string>>): Promise<string> {
  await mkdir(join(folder, 'parts'), { recursive: true })
  for (const [file, text] of Object.entries(contents)) await writeFile(join(folder, file), text)
  return folder
}

const oneLine = /^[^\n]+$/

for (const [name, contents, message] of files) {
  test(`${name}: one clear line`, async t => {
    const folder = await filled(await temporaryFolder(t), contents)
    const error = await t.throwsAsync(loadOwnAttacks(folder), { instanceOf: UsageError, message })
    t.regex(error!.message, oneLine)
  })
}

/** What only the command finds out, or how it ends. */
const asked: readonly [string, Readonly<Record<string, string>>, RegExp][] = [
  ['code that throws', { 'mine.js': 'throw new Error("oh\\nno")' }, /mine\.js: oh$/m],
  [
    'options without a norm',
    { 'mine.js': giving(`{ ${create}, options: z.object({ name: z.literal('mine') }) }`) },
    /options: must give norm \(normSchema\)/,
  ],
  [
    'options that no row can hold',
    { 'mine.js': giving(`{ ${create}, options: { a: z.any().default(1).transform(() => tf) } }`) },
    /options: give what no row can hold/,
  ],
  [
    'no run',
    { 'mine.js': giving('{ create: () => ({}) }') },
    /mine: create: run: must be a function/,
  ],
  [
    'unknown needs',
    { 'mine.js': giving("{ create: () => ({ run: () => 1, requires: ['luck'] }) }") },
    /mine: create: requires/,
  ],
  [
    'odd costs',
    { 'mine.js': giving(`{ ${create}, expectedQueries: () => 'many' }`) },
    /mine: expectedQueries: hands back many, no number/,
  ],
  [
    'an unknown attack asked for',
    { 'other.js': giving(`{ ${create} }`) },
    /invalid attack: mine: unknown name \(choose apgd-ce, .*, nettack, other, pgd, /,
  ],
]

for (const [name, contents, message] of asked) {
  test(`${name}: one clear line and status 2`, async t => {
    const folder = await filled(await temporaryFolder(t), contents)
    const { status, stdout, stderr } = await gauntlet(
      ...['attack', '--attacks', folder, '--attack', 'mine', '--eps', '0.1', '--model', 'none'],
    )
    t.is(stdout, '')
    t.regex(stderr, /^error: [^\n]+\n$/)
    t.regex(stderr, message)
    t.is(status, 2)
  })
}

test('no folder, a file in its place: one clear line', async t => {
  const folder = await temporaryFolder(t)
  const file = join(folder, 'mine.js')
  await writeFile(file, giving(`{ ${create} }`))
  for (const [path, message] of [
    [join(folder, 'nowhere'), /missing folder: \S+nowhere cannot be read \(--attacks takes one/],
    [file, /missing folder: \S+mine\.js is no folder/],
  ] as const) {
    const error = await t.throwsAsync(loadOwnAttacks(path), { instanceOf: UsageError, message })
    t.regex(error!.message, oneLine)
  }
  const { status, stderr } = await gauntlet('nightly', '--attacks', file, '--dry-run')
  t.regex(stderr, /^error: missing folder: [^\n]+\n$/)
  t.is(status, 2)
})

test('wrong options of an attack of its own, and a plan without its folder', async t => {
  const folder = await temporaryFolder(t)
  const attacks = join(folder, 'attacks')
  await mkdir(attacks)
  await writeFile(
    join(attacks, 'mine.js'),
    giving(`{ ${create}, options: { steps: z.int().min(1) } }`),
  )
  await loadOwnAttacks(attacks)
  for (const [text, message] of [
    ['{"name":"mine","steps":0}', /steps: Too small/],
    ['mine', /steps: Invalid input/],
    ['{"name":"mine","steps":1,"colour":"red"}', /key: "colour"/],
    ['{"name":"mine","steps":1,"norm":"l3"}', /norm: Invalid option/],
  ] as const) {
    const error = t.throws(() => readAttack(text, undefined, false), { instanceOf: UsageError })
    t.regex(error!.message, oneLine)
    t.regex(error!.message, message)
  }
  const plan = await planFile(folder, {
    ...tinyPlan,
    attacks: [{ attack: { name: 'mine', steps: 0 } as never, epsilons: [0.1] }],
  })
  for (const [args, message] of [
    [['nightly', '--plan', plan, '--attacks', attacks], /attacks\[0\]\.attack\.steps: Too small/],
    [
      ['nightly', '--plan', plan],
      /attacks\[0\]\.attack\.name: unknown name \(.*--attacks <folder>/,
    ],
  ] as const) {
    const { status, stderr } = await gauntlet(...args)
    t.regex(stderr, /^error: [^\n]+\n$/)
    t.regex(stderr, message)
    t.is(status, 2)
  }
})
