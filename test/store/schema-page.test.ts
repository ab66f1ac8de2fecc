import { readFile } from 'node:fs/promises'
import test from 'ava'
import { expectedSchema } from '../../src/store/expected-schema.ts'
import { schemaPage } from '../../src/store/schema-page.ts'
import { tables } from '../../src/store/tables.ts'
import { temporaryStore } from './fixtures/folder.ts'

test('docs/schema.md is current: npm run docs:schema writes it', async t => {
  const page = await readFile(new URL('../../../docs/schema.md', import.meta.url), 'utf8')
  t.is(page, await schemaPage())
})

test('every table and column of a database is described, and nothing else is', async t => {
  const { store } = await temporaryStore(t)
  const found = await store.introspection.getTables()
  const named = found.filter(({ isView }) => !isView)
  t.deepEqual(named.map(({ name }) => name).sort(), Object.keys(tables).sort())
  t.true((await expectedSchema()).length > named.length)
  for (const { name, columns } of named) {
    const described = tables[name as keyof typeof tables]
    t.is(described.name, name)
    t.deepEqual(Object.keys(described.columns).sort(), columns.map(one => one.name).sort(), name)
    for (const [column, meaning] of Object.entries<string>(described.columns)) {
      t.true(meaning.length > 5, `${name}.${column}`)
    }
  }
})
