import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import test, { type ExecutionContext } from 'ava'
import { queryCommand } from '../../src/commands/query.ts'
import { UsageError } from '../../src/errors.ts'
import { openStore } from '../../src/store/store.ts'
import { views } from '../../src/store/views.ts'
import { temporaryFolder } from '../store/fixtures/folder.ts'
import { writeHandMade } from '../store/fixtures/hand-made.ts'

interface Printed {
  readonly stdout: string
  readonly stderr: string
}

type Ask = (args: readonly string[], stdin?: string, columns?: number) => Promise<Printed>

/** Runs the command on a database with the hand-made results. */
async function fixture(t: ExecutionContext): Promise<Ask> {
  const results = await temporaryFolder(t)
  const store = await openStore(join(results, 'gauntlet.db'))
  await writeHandMade(store)
  await store.destroy()
  return (args, stdin, columns) => ask([...args, '--results', results], stdin, columns)
}

async function ask(args: readonly string[], stdin = '', columns?: number): Promise<Printed> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const screen = Object.assign(stdout, columns === undefined ? {} : { isTTY: true, columns })
  const command = queryCommand({ stdin: Readable.from([stdin]), stdout: screen, stderr })
  await command.parseAsync(args, { from: 'user' }).finally(() => {
    stdout.end()
    stderr.end()
  })
  return { stdout: await text(stdout), stderr: await text(stderr) }
}

const refused = async (t: ExecutionContext, asking: Promise<Printed>, message: RegExp) => {
  const error = await t.throwsAsync(asking, { instanceOf: UsageError, message })
  t.false(error.message.includes('\n'))
}

test('a table is aligned, its numbers to the right and rounded', async t => {
  const query = await fixture(t)
  const { stdout, stderr } = await query([
    `select model_id as model, evaluations as n, 1 / 3.0 as third, null as missing
     from v_runs order by arm`,
  ])
  t.is(
    stdout,
    [
      'model     n     third  missing',
      '--------  -  --------  -------',
      'bp        5  0.333333  null',
      'bp-noise  2  0.333333  null',
      'lr-logit  3  0.333333  null',
      '',
    ].join('\n'),
  )
  t.is(stderr, '')
})

test('long cells are cut on a terminal alone, and control characters are made visible', async t => {
  const query = await fixture(t)
  const statement = `select 1 as one, replace(hex(zeroblob(30)), '00', 'long ') as long,
    'a' || char(27) || '[2J' as trick`
  const whole = await query([statement])
  t.true(whole.stdout.includes('long '.repeat(30)))
  t.true(whole.stdout.includes('a\\x1b[2J'))
  const cut = await query([statement], '', 40)
  const lines = cut.stdout.trimEnd().split('\n')
  t.is(Math.max(...lines.map(line => line.length)), 40)
  t.true(lines[2]!.includes('…  a\\x1b[2J'))
})

test('CSV is quoted by RFC 4180, exact, and no text in it is a formula', async t => {
  const query = await fixture(t)
  const { stdout } = await query([
    '--format',
    'csv',
    `select '=1+1' as "=head", '+1' as b, '-1' as c, '@x' as d, -0.1 as number, 1 / 3.0 as third,
      null as missing, 'a,"b"' || char(10) as quoted, x'00ff' as bytes`,
  ])
  t.is(
    stdout,
    "'=head,b,c,d,number,third,missing,quoted,bytes\r\n" +
      `'=1+1,'+1,'-1,'@x,-0.1,0.3333333333333333,,"a,""b""\n",00ff\r\n`,
  )
})

test('JSON is an array of objects with every digit', async t => {
  const query = await fixture(t)
  const statement = 'select model_id, 1 / 3.0 as third, null as missing from v_runs order by arm'
  const { stdout } = await query(['--format', 'json', statement])
  const models = ['bp', 'bp-noise', 'lr-logit']
  t.deepEqual(
    JSON.parse(stdout),
    models.map(model_id => ({ model_id, third: 1 / 3, missing: null })),
  )
  t.is((await query(['--format', 'json', 'select 1 where 0'])).stdout, '[]\n')
})

test('columns of one name are told apart, and an empty answer has its head', async t => {
  const query = await fixture(t)
  const csv = async (statement: string) => (await query(['--format', 'csv', statement])).stdout
  t.is(await csv('select 1 as id, 2 as id'), 'id,id:1\r\n1,2\r\n')
  t.is(await csv('select id, seed from model where seed > 9'), 'id,seed\r\n')
  t.is(await csv('values (1, 2), (3, 4)'), 'column1,column2\r\n1,2\r\n3,4\r\n')
})

test('no more rows than the limit, with a note beside the answer', async t => {
  const query = await fixture(t)
  const statement = 'select id from model order by id desc'
  const cut = await query(['--format', 'csv', '--limit', '2', statement])
  t.is(cut.stdout, 'id\r\nlr-logit\r\nbp-noise\r\n')
  t.is(cut.stderr, 'only the first 2 rows are shown; more with --limit\n')
  t.is((await query(['--limit', '3', statement])).stderr, '')
  const counting = `with recursive n (i) as (select 1 union all select i + 1 from n) select i from n`
  t.is((await query(['--format', 'csv', counting])).stdout.split('\r\n').length, 1_002)
  for (const limit of ['0', '-1', '1.5', 'all']) {
    await refused(t, query([`--limit=${limit}`, statement]), /^invalid limit: /u)
  }
})

test('SQL comes from standard input for -, with comments and a semicolon', async t => {
  const query = await fixture(t)
  const statement = `-- models; all of them\nselect count(*) as n, ';--' as "a;b" /* ; */ from model; \n`
  const { stdout } = await query(['--format', 'csv', '-'], statement)
  t.is(stdout, 'n,a;b\r\n3,;--\r\n')
  t.regex((await query(['explain query plan select * from model'])).stdout, /SCAN model/u)
})

test('a write, two statements, or wrong SQL is one clear line, and changes nothing', async t => {
  const query = await fixture(t)
  for (const statement of [
    'delete from model',
    "vacuum into 'copy.db'",
    "attach 'other.db' as other",
    'pragma query_only = off',
    'explain pragma query_only = off',
    'explain query plan delete from model',
    'with x as (select 1) delete from model',
    'WITH x AS (SELECT 1) INSERT INTO model SELECT * FROM x',
  ]) {
    await refused(t, query([statement]), /^invalid SQL: \w+; the results are read-only here/u)
  }
  const two = query(['select 1; delete from model'])
  await refused(t, two, /^invalid SQL: 2 statements; expected one$/u)
  await refused(t, query(['selec 1']), /^invalid SQL: selec; /u)
  await refused(t, query(['select x from model']), /^invalid SQL: no such column: x \(/u)
  await refused(t, query(['select * from models']), /^invalid SQL: no such table: models \(/u)
  await refused(t, query(["select 'open; select 1"]), /^invalid SQL: a quotation mark is not/u)
  await refused(t, query(['select (1']), /^invalid SQL: incomplete input \(/u)
  await refused(t, query([' ;; -- nothing']), /^missing SQL: /u)
  await refused(t, query([]), /^missing SQL: /u)
  const { stdout } = await query(['--format', 'csv', 'select count(*) as n from model'])
  t.is(stdout, 'n\r\n3\r\n')
})

test('without results there is one line that says how to get some', async t => {
  const folder = await temporaryFolder(t)
  await refused(
    t,
    ask(['select 1', '--results', folder]),
    /^no results yet: .*gauntlet\.db \(run: /u,
  )
})

test('--views explains every view and column without a database', async t => {
  const { stdout } = await ask(['--views', '--results', 'nowhere'])
  for (const { name, description, columns } of views) {
    t.true(stdout.includes(`${name}: ${description}\n`))
    for (const [column, meaning] of Object.entries<string>(columns)) {
      t.true(stdout.includes(`  ${column} `) && stdout.includes(`  ${meaning}\n`), column)
    }
  }
})
