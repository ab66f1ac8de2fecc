import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { parse } from 'yaml'
import { planSchema } from '../src/plans/plan.ts'
import { profiles } from '../src/plans/profiles/index.ts'
import { openStore } from '../src/store/store.ts'
import { gauntlet, temporaryFolder } from './runner/command.ts'

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')

/** The fenced blocks of one language. */
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, text]) => text!)

test('the plans of the README are valid', t => {
  const texts = blocks('yaml')
  t.is(texts.length, 2)
  for (const text of texts) {
    const { success, error } = planSchema.safeParse(parse(text))
    t.true(success, error?.message)
  }
})

test('every command and profile that the README names exists', async t => {
  const text = blocks('sh').join('\n')
  const commands = new Set([...text.matchAll(/npx gauntlet ([a-z-]+)/g)].map(([, name]) => name!))
  t.true(commands.size >= 5)
  for (const command of commands) t.is((await gauntlet(command, '--help')).status, 0, command)
  for (const [, names] of readme.matchAll(/(?:--profile|probe --plan) ([a-z0-9\\|-]+)/g)) {
    for (const name of names!.split(/\\?\|/)) t.true(name in profiles, name)
  }
  const { scripts } = JSON.parse(
    await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  for (const [, name] of readme.matchAll(/npm run ([a-z:-]+)/g)) t.true(name! in scripts, name)
})

test('the queries of the README run', async t => {
  const results = await temporaryFolder(t)
  await (await openStore(join(results, 'gauntlet.db'))).destroy()
  const queries = [...readme.matchAll(/gauntlet query "(.*?)"/gs)].map(([, sql]) => sql!)
  t.true(queries.length >= 2)
  for (const sql of queries) {
    t.is((await gauntlet('query', sql, '--results', results)).status, 0, sql)
  }
})
