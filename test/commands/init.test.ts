import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { parse as parsed } from 'yaml'
import { planSchema } from '../../src/plans/plan.ts'
import { profiles } from '../../src/plans/profiles/index.ts'
import { profilePlan, readPlan } from '../../src/plans/read-plan.ts'
import { planFile } from '../../src/plans/write-plan.ts'
import { gauntlet, temporaryFolder } from '../runner/command.ts'

for (const [name, profile] of Object.entries(profiles)) {
  test(`the file of ${name} is valid, the same plan, and explains itself`, async t => {
    const file = join(await temporaryFolder(t), 'plan.yaml')
    const text = planFile(profile, ['A head'])
    await writeFile(file, text)
    // All that jobs are made of: equal plans have equal jobs.
    t.deepEqual(await readPlan(file), profilePlan(name))
    t.true(text.startsWith('# A head\n'))
    t.regex(text, /\n# Nightlies of the same name are compared with each other\.\nname: /)
    t.true(text.split('\n').every(line => line.length <= 140))
    t.false(text.includes('&a'), 'no part is written by reference')
  })
}

test('what is written out behind # is valid in a plan', t => {
  const text = planFile({ name: 'bare', models: profiles.quick!.models.slice(0, 1) }, [])
  const lines = text.split('# What else a plan may ask for:\n')[1]!.trim().split('\n')
  t.true(lines.length >= 4)
  const more = lines.map(line => line.replace(/^# /, '')).join('\n')
  const whole = planSchema.safeParse({ ...profiles.quick!, ...parsed(more) })
  t.true(whole.success, whole.error?.message)
})

test('init writes a file whose jobs are those of the profile, and overwrites nothing', async t => {
  const folder = join(await temporaryFolder(t), 'plans')
  const first = await gauntlet('init', folder)
  t.is(first.status, 0, first.stderr)
  const file = join(folder, 'quick.yaml')
  t.true(first.stdout.startsWith(`Wrote ${file}. `))
  const results = ['--results', folder, '--dry-run']
  const [own, profile] = [
    await gauntlet('nightly', '--plan', file, ...results),
    await gauntlet('nightly', '--profile', 'quick', ...results),
  ]
  t.is(own.status, 0)
  t.regex(own.stdout, /\d{3} jobs, about/)
  t.is(own.stdout, profile.stdout)

  await writeFile(file, 'mine')
  const again = await gauntlet('init', folder)
  t.is(again.status, 2)
  t.regex(again.stderr, /^error: invalid file: .*quick\.yaml is there already/)
  t.is(await readFile(file, 'utf8'), 'mine')
  t.is((await gauntlet('init', folder, '--force')).status, 0)
  t.not(await readFile(file, 'utf8'), 'mine')
  t.is((await gauntlet('init', folder, '--profile', 'none')).status, 2)
  const list = await gauntlet('init', '--list')
  t.deepEqual(
    [...list.stdout.matchAll(/^ {2}(\S+)/gmu)].map(([, name]) => name),
    Object.keys(profiles),
  )
})
