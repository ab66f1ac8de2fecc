import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import test from 'ava'
import { parse } from 'yaml'
import { commandFile } from '../../src/runner/project.ts'
import { gauntlet, planFile, temporaryFolder, tinyPlan } from '../runner/command.ts'

const page = await readFile(new URL('../../../docs/nightly.md', import.meta.url), 'utf8')

const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, text]) => text!)

interface Workflow {
  readonly on: { readonly schedule: readonly { readonly cron: string }[] }
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>
}

interface Step {
  readonly uses?: string
  readonly run?: string
}

const workflow: Workflow = parse(blocks('yaml')[0]!)

test('the scripts of the recipes are valid shell', async t => {
  const steps = workflow.jobs.nightly!.steps.flatMap(({ run }) => (run ? [run] : []))
  const scripts = [...blocks('sh'), ...steps]
  t.is(scripts.length, 3 + 3)
  const folder = await temporaryFolder(t)
  for (const [at, script] of scripts.entries()) {
    const file = join(folder, `${at}.sh`)
    await writeFile(file, script)
    await t.notThrowsAsync(promisify(execFile)('bash', ['-n', file]), script)
  }
})

test('the workflow is YAML: a schedule, and steps that each use or run something', t => {
  t.regex(workflow.on.schedule[0]!.cron, /^(\S+ ){4}\S+$/)
  for (const { uses, run } of workflow.jobs.nightly!.steps) t.true((uses ?? run) !== undefined)
})

test('every option that the page gives to a command exists', async t => {
  const used = new Set([...page.matchAll(/(?<![\w-])--[a-z]+(?:-[a-z]+)*/g)].map(([name]) => name))
  const help = await Promise.all(
    ['nightly', 'init', 'regressions'].map(async name => (await gauntlet(name, '--help')).stdout),
  )
  const others = [
    '--now',
    '--short',
    '--job-name',
    '--cpus-per-task',
    '--time',
    '--signal',
    '--output',
  ]
  for (const name of used) {
    if (!others.includes(name))
      t.true(
        help.some(text => text.includes(name)),
        name,
      )
  }
  t.true(used.size > 12)
})

test('a signal to nightly.sh alone stops Gauntlet cleanly', async t => {
  const folder = await temporaryFolder(t)
  const bin = join(folder, 'node_modules', '.bin')
  await mkdir(bin, { recursive: true })
  await symlink(fileURLToPath(commandFile), join(bin, 'gauntlet'))
  const git = (...args: string[]) => promisify(execFile)('git', args, { cwd: folder })
  await git('init', '--quiet')
  const author = ['-c', 'user.name=n', '-c', 'user.email=n@example.org']
  await git(...author, 'commit', '--quiet', '--allow-empty', '-m', 'x')
  const script = join(folder, 'nightly.sh')
  await writeFile(script, blocks('sh').find(text => text.includes('Usage: nightly.sh'))!)
  const [group] = tinyPlan.models
  const plan = await planFile(folder, {
    ...tinyPlan,
    models: [{ ...group!, training: { ...group!.training, epochs: 100_000 } }],
  })
  const child = spawn('sh', [script, folder, plan, '--workers', '1'], {
    env: { ...process.env, GAUNTLET_ENGINE: 'wasm' },
  })
  const closed = once(child, 'close')
  let printed = ''
  child.stdout.setEncoding('utf8')
  for await (const text of child.stdout) {
    if (printed === '') child.kill('SIGINT')
    printed += text
  }
  t.regex(printed, /Stopped after 0 of \d+ jobs\. To go on, type:/)
  t.is((await closed)[0], 130)
})
