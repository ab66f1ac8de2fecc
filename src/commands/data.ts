import { Command } from 'commander'
import { checksumOf } from '../data/checksum.ts'
import { findCifarFolder } from '../data/cifar-folder.ts'
import type { DatasetEntry, UnofficialCifarEntry } from '../data/entry.ts'
import { fetchDataset } from '../data/fetch.ts'
import { dataFolders, findFile } from '../data/folder.ts'
import { entryNamed, registry } from '../data/registry.ts'
import { type FileState, verifyFiles } from '../data/verify.ts'
import { UsageError, WorkError } from '../errors.ts'
import { examples } from './examples.ts'

interface Options {
  readonly data?: string
}

/** Where a command's lines go. */
type Print = (line: string) => void

/**
 * The `data` command: lists, fetches and verifies data sets.
 *
 * @param print gets every line of output
 * @param entries the data sets it knows
 */
export function dataCommand(
  print: Print = console.log,
  entries: readonly DatasetEntry[] = registry,
): Command {
  const command = new Command('data').description('list, fetch and verify data sets')
  command.addHelpText(
    'after',
    examples('gauntlet data list', 'gauntlet data fetch mnist', 'gauntlet data verify'),
  )
  const folder = '--data <folder>'
  const search = 'folder to search before GAUNTLET_DATA and ./data'
  command
    .command('list')
    .description('show the known data sets and where they are')
    .option(folder, search)
    .action((options: Options) => list(entries, dataFolders(options.data), print))
  command
    .command('fetch')
    .description('download the files of a data set and check them')
    .argument('<name>', 'name of the data set')
    .option(folder, 'folder to put it in (default: GAUNTLET_DATA, else ./data)')
    .action((name: string, options: Options) => fetchNamed(name, entries, options.data, print))
  command
    .command('verify')
    .description('compare the files that are here with the published checksums')
    .argument('[name]', 'name of the data set; all of them when absent')
    .option(folder, search)
    .action((name: string | undefined, options: Options) =>
      verify(name, entries, dataFolders(options.data), print),
    )
  return command
}

async function list(
  entries: readonly DatasetEntry[],
  folders: readonly string[],
  print: Print,
): Promise<void> {
  const rows = [['name', 'kind', 'classes', 'train', 'test', 'licence', 'where']]
  for (const entry of entries) {
    rows.push([
      entry.name,
      entry.kind,
      `${entry.classes.length}`,
      `${entry.train}`,
      `${entry.test}`,
      entry.licence,
      await whereabouts(entry, folders),
    ])
  }
  for (const line of table(rows, [2, 3, 4])) print(line)
}

/** The folder that has the whole set, in words for one cell of a table. */
async function whereabouts(entry: DatasetEntry, folders: readonly string[]): Promise<string> {
  if (entry.format === 'generated') return 'built in'
  if (entry.format === 'cifar-records') {
    return (await findCifarFolder(entry, folders))?.folder ?? 'not here'
  }
  for (const folder of folders) {
    const found = await Promise.all(entry.files.map(file => findFile(entry, file, [folder])))
    if (found.every(path => path !== undefined)) return folder
  }
  return 'not here'
}

async function fetchNamed(
  name: string,
  entries: readonly DatasetEntry[],
  given: string | undefined,
  print: Print,
): Promise<void> {
  const entry = entryNamed(name, entries)
  if (entry.format === 'generated') {
    throw new UsageError(`invalid data set: ${name} is built in, there is nothing to fetch`)
  }
  if (!entry.files.some(file => file.urls.length > 0)) {
    throw new UsageError(`invalid data set: ${name} is not published, there is nothing to fetch`)
  }
  const interrupt = new AbortController()
  const stop = () => interrupt.abort()
  process.once('SIGINT', stop)
  try {
    await fetchDataset(entry, dataFolders(given)[0]!, print, { signal: interrupt.signal })
  } finally {
    process.off('SIGINT', stop)
  }
}

async function verify(
  name: string | undefined,
  entries: readonly DatasetEntry[],
  folders: readonly string[],
  print: Print,
): Promise<void> {
  let wrong = 0
  for (const entry of name === undefined ? entries : [entryNamed(name, entries)]) {
    if (entry.format === 'generated') print(`ok       ${entry.name} (built in)`)
    if (entry.format === 'cifar-records') await showUnofficial(entry, folders, print)
    for (const found of await verifyFiles(entry, folders)) {
      if (found.state === 'wrong') wrong++
      print(`${found.state.padEnd(7)}  ${describe(entry, found)}`)
    }
  }
  if (wrong > 0) {
    throw new WorkError(
      `wrong data files: ${wrong} (type "gauntlet data fetch <name> --data <folder>" to replace)`,
    )
  }
}

/** Files that nothing was published about are neither right nor wrong. */
async function showUnofficial(
  entry: UnofficialCifarEntry,
  folders: readonly string[],
  print: Print,
): Promise<void> {
  const found = await findCifarFolder(entry, folders)
  if (found === undefined) print(`missing  ${entry.name}`)
  for (const path of found ? [...found.train, ...found.test] : []) {
    const { sha256 } = await checksumOf(path)
    print(`unknown  ${path}: no published checksum, SHA-256 ${sha256}`)
  }
}

function describe(entry: DatasetEntry, found: FileState): string {
  if (found.state === 'missing') return `${entry.name}/${found.file.name}`
  return found.state === 'ok' ? found.path : `${found.path}: ${found.fault}`
}

/** Rows as lines with aligned columns; those in `numeric` are aligned to the right. */
function table(rows: readonly (readonly string[])[], numeric: readonly number[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)))
  return rows.map(row =>
    row
      .map((cell, column) => {
        const width = widths[column]!
        return numeric.includes(column) ? cell.padStart(width) : cell.padEnd(width)
      })
      .join('  ')
      .trimEnd(),
  )
}
