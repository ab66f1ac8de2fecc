import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
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
  ['code that throws', { 'mine.js': 'throw new Error("oh\\nno")' }, /mine\.js: oh$/m],
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
  ['a name that is none', { 'My Attack.js': giving(`{ ${create} }`) }, /name: must be lower-case/],
  ['the name of an attack', { 'pgd.js': giving(`{ ${create} }`) }, /name pgd is taken by Gauntlet/],
  ['the name of no attack', { 'none.js': giving(`{ ${create} }`) }, /none is taken by Gauntlet/],
  [
    'one name twice',
    { 'a.js': giving(`{ ${create}, name: 'b' }`), 'b.js': giving(`{ ${create} }`) },
    /b\.js: the name b is taken by a\.js/,
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

for (const [name, contents, message] of files) {
  test(`${name}: one clear line and status 2`, async t => {
    const folder = await temporaryFolder(t)
    for (const [file, text] of Object.entries(contents)) {
      await mkdir(join(folder, 'parts'), { recursive: true })
      await writeFile(join(folder, file), text)
    }
    const { status, stdout, stderr } = await gauntlet(
      ...['attack', '--attacks', folder, '--attack', 'mine', '--eps', '0.1', '--model', 'none'],
    )
    t.is(stdout, '')
    t.regex(stderr, /^error: [^\n]+\n$/)
    t.regex(stderr, message)
    t.is(status, 2)
  })
}

test('no folder, a file in its place: one clear line and status 2', async t => {
  const folder = await temporaryFolder(t)
  const file = join(folder, 'mine.js')
  await writeFile(file, giving(`{ ${create} }`))
  for (const [path, message] of [
    [join(folder, 'nowhere'), /missing folder: \S+nowhere cannot be read \(--attacks takes one/],
    [file, /missing folder: \S+mine\.js is no folder/],
  ] as const) {
    const { status, stderr } = await gauntlet('nightly', '--attacks', path, '--dry-run')
    t.regex(stderr, /^error: [^\n]+\n$/)
    t.regex(stderr, message)
    t.is(status, 2)
  }
})

test('wrong options of an attack of its own, and a plan without its folder', async t => {
  const folder = await temporaryFolder(t)
  const attacks = join(folder, 'attacks')
  await mkdir(attacks)
  await writeFile(
    join(attacks, 'mine.js'),
    giving(`{ ${create}, options: { steps: z.int().min(1) } }`),
  )
  const asked = ['attack', '--attacks', attacks, '--eps', '0.1', '--model', 'none', '--attack']
  const plan = await planFile(folder, {
    ...tinyPlan,
    attacks: [{ attack: { name: 'mine', steps: 0 } as never, epsilons: [0.1] }],
  })
  for (const [args, message] of [
    [[...asked, '{"name":"mine","steps":0}'], /steps: Too small/],
    [[...asked, 'mine'], /steps: Invalid input/],
    [[...asked, '{"name":"mine","steps":1,"colour":"red"}'], /key: "colour"/],
    [[...asked, '{"name":"mine","steps":1,"norm":"l3"}'], /norm: Invalid option/],
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
