/**
 * What every command prints, kept in test/transcripts/<command>.txt: lines after `$ ` are typed, the
 * rest is their output. UPDATE_TRANSCRIPTS=1 accepts what is printed now, and begins a transcript for
 * a command that has none.
 */
import { spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import anyTest, { type ExecutionContext, type TestFn } from 'ava'
import type { PlanInput } from '../src/plans/plan.ts'
import { commandFile } from '../src/runner/project.ts'
import { openStore } from '../src/store/store.ts'
import { gauntlet } from './runner/command.ts'
import { fill } from './server/fixture.ts'
import {
  normalised,
  parseTranscript,
  type Step,
  type,
  writeTranscript,
} from './transcripts/transcript.ts'

const transcripts = fileURLToPath(new URL('../../test/transcripts', import.meta.url))
const main = fileURLToPath(commandFile)
const updates = process.env.UPDATE_TRANSCRIPTS === '1'

/** Commands whose numbers are measured anew. */
const computing = [
  ...['nightly', 'probe', 'attack', 'check', 'corrupt', 'certify', 'import'],
  ...['reproduce', 'doctor'],
]

/** A second of work; enough to attack, probe, certify and reproduce. */
const plan: PlanInput = {
  name: 'tiny',
  models: [
    {
      data: { name: 'glyphs', train: 60, test: 20 },
      architecture: { name: 'mlp', hidden: [4] },
      training: { epochs: 1, batch: 20, learningRate: 0.01 },
      arms: [{ name: 'bp' }],
    },
  ],
  attacks: [{ attack: { name: 'fgsm' }, epsilons: [0.1] }],
  examples: 10,
  probe: { estimators: [{ name: 'lr-logit', copies: 2 }], batch: 5, repeats: 2 },
}

interface Context {
  /** Holds `results`, a filled database; `trained`, results of the tiny plan; `tiny.json`. */
  readonly template: string
  readonly run: string
}

const test = anyTest.serial as TestFn<Context>

test.before(async t => {
  const template = await mkdtemp(join(tmpdir(), 'gauntlet-transcripts-'))
  await writeFile(join(template, 'tiny.json'), JSON.stringify(plan))
  await mkdir(join(template, 'results'))
  const filled = await openStore(join(template, 'results', 'gauntlet.db'))
  await filled.transaction().execute(fill)
  await filled.destroy()
  const results = ['--results', join(template, 'trained')]
  const asked = ['nightly', '--plan', join(template, 'tiny.json'), '--workers', '1', ...results]
  const { status, stderr } = await gauntlet(...asked)
  t.is(status, 0, stderr)
  const store = await openStore(join(template, 'trained', 'gauntlet.db'), { readonly: true })
  const { id } = await store.selectFrom('model').select('id').executeTakeFirstOrThrow()
  await store.destroy()
  t.context = { template, run: id }
})
test.after.always(t => rm(t.context.template ?? '', { recursive: true, force: true }))

/** The commands that a help text lists. */
const commandsIn = (help: string) => {
  const list = /\nCommands:\n(.*?)\n(?:\n|$)/su.exec(help)?.[1] ?? ''
  return [...list.matchAll(/^ {2}([a-z][a-z-]*)/gmu)]
    .map(([, name]) => name!)
    .filter(name => name !== 'help')
}

async function replay(t: ExecutionContext<Context>, command: string): Promise<Step[]> {
  const file = join(transcripts, `${command}.txt`)
  const beginning = `$ gauntlet ${command} --help\n`
  const kept = parseTranscript(
    await readFile(file, 'utf8').catch(error => {
      if (updates) return beginning
      throw new Error(`no transcript of ${command}: run with UPDATE_TRANSCRIPTS=1`, {
        cause: error,
      })
    }),
  )
  const folder = await mkdtemp(join(tmpdir(), 'gauntlet-transcript-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  await cp(t.context.template, folder, { recursive: true })
  const steps: Step[] = []
  for (const { typed } of kept) {
    const { run } = t.context
    steps.push(await type(typed, { folder, run, computes: computing.includes(command) }))
  }
  if (updates) await writeFile(file, writeTranscript(steps))
  else t.deepEqual(steps, kept, `${command}: see UPDATE_TRANSCRIPTS in test/transcripts.test.ts`)
  return steps
}

// Tests must be declared at once, so this waits.
const help = spawnSync(process.execPath, [main, '--help'], { encoding: 'utf8' }).stdout
for (const command of commandsIn(help)) {
  test(`gauntlet ${command} prints what its transcript says`, async t => {
    const steps = await replay(t, command)
    const own = steps.find(({ typed }) => typed === `gauntlet ${command} --help`)
    t.truthy(own, 'its help is part of the transcript')
    t.regex(own?.printed ?? '', /^Examples?:$/mu)
    for (const part of commandsIn(own?.printed ?? '')) {
      const asked = `gauntlet ${command} ${part} --help`
      t.true(
        steps.some(({ typed }) => typed === asked),
        `no ${asked}`,
      )
    }
    t.true(
      steps.some(({ typed }) => !typed.endsWith('--help')),
      'something besides help is typed',
    )
    for (const { typed, printed } of steps.filter(step => step.typed.endsWith('--help'))) {
      const wide = printed.split('\n').filter(line => line.length > 80)
      t.deepEqual(wide, [], typed)
    }
  })
}

test('every transcript is of a command', async t => {
  const files = (await readdir(transcripts)).filter(name => name.endsWith('.txt'))
  t.deepEqual(
    files.sort(),
    commandsIn(help)
      .map(name => `${name}.txt`)
      .sort(),
  )
})

test('what differs between runs is replaced, and nothing else', t => {
  const text =
    'run 0123456789abcdef0123 of 1234: 2026-01-02T03:04:05.678Z in 1 h 2 min 3 s, /tmp/x/results, ' +
    '17 bytes, accuracy 0.25\n50 % · 3/8 jobs · 33 s left\n'
  t.is(
    normalised(text, '/tmp/x', false),
    'run <id> of 1234: <time> in <duration>, ./results, <size> bytes, accuracy 0.25\n',
  )
  t.true(normalised(text, '/tmp/x', true).includes('accuracy <number>\n'))
})
