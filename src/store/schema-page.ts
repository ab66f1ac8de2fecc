import { type Kysely, sql } from 'kysely'
import { expectedSchema } from './expected-schema.ts'
import type { Schema } from './schema.ts'
import { openStore } from './store.ts'
import { tables } from './tables.ts'
import { views } from './views.ts'

interface Column {
  readonly name: string
  readonly type: string
  readonly required: number
  /** Place in the primary key, from 1; 0 outside. */
  readonly key: number
}

interface Reference {
  readonly column: string
  readonly table: string
}

/**
 * The page docs/schema.md: every table with the columns, keys, references and indexes that a new
 * database has, what each means, and every view.
 */
export async function schemaPage(): Promise<string> {
  const store = await openStore(':memory:')
  try {
    const sections: string[] = []
    for (const { name, description, columns } of Object.values(tables)) {
      sections.push(await tableSection(store, name, description, columns))
    }
    return [
      head,
      '## Views\n',
      ...views.map(({ name, description, columns }) =>
        [
          `### ${name}\n`,
          `${description}\n`,
          ...rows(
            ['column', 'meaning'],
            Object.entries<string>(columns).map(([column, meaning]) => [`\`${column}\``, meaning]),
          ),
        ].join('\n'),
      ),
      '## Tables\n',
      ...sections,
    ].join('\n')
  } finally {
    await store.destroy()
  }
}

const head = `# The results database

Made by \`npm run docs:schema\` from the database itself; do not edit it.

\`results/gauntlet.db\` is one SQLite file. Identifiers are hashes of what a row depends on, so they are
the same in a rebuilt database. Times are ISO 8601 in UTC, durations are seconds unless the name says
otherwise, accuracies are shares from 0 to 1, and a column of JSON holds one value with sorted keys.
Read it with \`npx gauntlet query\`, or with any SQLite client. Ask the views; the tables below them
may change with a version, and \`npx gauntlet nightly\` brings a database up to date.
`

async function tableSection(
  store: Kysely<Schema>,
  name: string,
  description: string,
  meanings: Readonly<Record<string, string>>,
): Promise<string> {
  const columns = (
    await sql<Column>`select name, type, "notnull" as required, pk as key
      from pragma_table_info(${name}) order by cid`.execute(store)
  ).rows
  const references = (
    await sql<Reference>`select "from" as "column", "table" from pragma_foreign_key_list(${name})`.execute(
      store,
    )
  ).rows
  const indexes = (await expectedSchema()).filter(one => one.type === 'index' && one.table === name)
  const cells = columns.map(column => {
    const to = references.find(one => one.column === column.name)?.table
    const remarks = [column.key > 0 ? 'key' : '', to ? `→ [${to}](#${to})` : ''].filter(Boolean)
    const type = `${column.type.toLowerCase()}${column.required ? '' : ', null'}`
    return [`\`${column.name}\``, type, remarks.join(', '), meanings[column.name] ?? '']
  })
  const lists = indexes.map(one => `\`${/\((.*)\)/u.exec(one.definition)![1]}\``)
  return [
    `### ${name}\n`,
    `${description}\n`,
    ...rows(['column', 'type', '', 'meaning'], cells),
    ...(lists.length > 0 ? [`Indexes: ${lists.join('; ')}.\n`] : []),
  ].join('\n')
}

function rows(head: readonly string[], body: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...body.map(line), '']
}
