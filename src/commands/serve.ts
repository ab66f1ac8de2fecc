import { once } from 'node:events'
import { access } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Command, InvalidArgumentError } from 'commander'
import { createApp } from '../../server/app.ts'
import { close, isLoopback, listen, urlOf } from '../../server/listen.ts'
import { WorkError } from '../errors.ts'
import { projectFolder } from '../runner/project.ts'
import { openStore } from '../store/store.ts'
import { examples } from './examples.ts'
import { onInterruption } from './interruption.ts'
import { databaseFile, resultsOption } from './results-option.ts'

/** Where `web/bundle.ts` writes the page. */
const webFolder = fileURLToPath(new URL('build/web/public/', projectFolder))

interface ServeOptions {
  readonly port: number
  readonly host: string
  readonly results: string
  readonly data?: string
}

/** `gauntlet serve`: the dashboard and its API over the results database. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('show the results in a browser')
    .option('--port <number>', 'port to listen at; 0 takes a free one', parsePort, 4600)
    .option('--host <address>', 'address to listen at', '127.0.0.1')
    .addOption(resultsOption())
    .option('--data <folder>', 'folder with data sets (also GAUNTLET_DATA), for the Examples page')
    .addHelpText(
      'after',
      '\nIf there are no results yet, an empty database is made and the page fills as\n' +
        'they come. There is no login: whoever reaches the address can read every\n' +
        'result. Ctrl-C stops.',
    )
    .addHelpText(
      'after',
      examples('gauntlet serve', 'gauntlet serve --port 8080 --results my-results'),
    )
    .action((options: ServeOptions) => serve(options))
}

async function serve({ port, host, results, data }: ServeOptions): Promise<void> {
  await requirePage()
  const file = databaseFile(results)
  if (!(await exists(file))) {
    await (await openStore(file)).destroy()
    console.log(`No results yet; made an empty database: ${file}`)
  }
  const store = await openStore(file, { readonly: true })
  const interruption = new AbortController()
  const stopListening = onInterruption(() => {
    stopListening()
    interruption.abort()
  })
  try {
    const server = await listen(
      createApp({ store, webFolder, files: { results, data } }),
      port,
      host,
    )
    if (!isLoopback(server)) {
      console.warn(`warning: ${host} can be reached by other machines, and there is no login`)
    }
    console.log(`Gauntlet is at ${urlOf(server)} (Ctrl-C stops)`)
    await aborted(interruption.signal)
    await close(server)
  } finally {
    stopListening()
    await store.destroy()
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}

async function requirePage(): Promise<void> {
  if (await exists(`${webFolder}main.js`)) return
  throw new WorkError('missing page: the dashboard is not bundled yet; run: npm run build')
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}

function parsePort(value: string): number {
  const port = Number(value)
  if (/^\d+$/.test(value) && port <= 65535) return port
  throw new InvalidArgumentError('expected a whole number from 0 to 65535')
}
