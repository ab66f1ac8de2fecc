import { Command } from 'commander'
import { type Engine, requestedEngine, startEngine } from '../engine/engine.ts'
import { checkGradients, type GradientCheck } from '../engine/gradient-check.ts'
import { type DataFolder, describeDataFolders } from './doctor/data-folders.ts'
import { type DatabaseState, databaseState } from './doctor/database-state.ts'
import { engineOption } from './engine-option.ts'
import { examples } from './examples.ts'
import { resultsOption } from './results-option.ts'

interface DoctorOptions {
  readonly engine: string
  readonly data?: string
  readonly results: string
  readonly json?: true
}

interface Report {
  readonly engine: Engine
  readonly data: readonly DataFolder[]
  readonly results: DatabaseState
  readonly gradients: readonly GradientCheck[]
  /** One line for each thing that is wrong; nothing missing that a first run makes by itself. */
  readonly problems: readonly string[]
}

/** `gauntlet doctor`: which engine runs here, whether its gradients are right, and what lies where. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('check the engine, its gradients, the data folder and the results database')
    .addOption(engineOption())
    .option('--data <folder>', 'folder with data sets (also GAUNTLET_DATA)')
    .addOption(resultsOption())
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExit status 1 if anything is wrong.')
    .addHelpText('after', examples('gauntlet doctor --engine wasm'))
    .action(doctor)
}

async function doctor(options: DoctorOptions): Promise<void> {
  const engine = await startEngine(requestedEngine(options.engine))
  const data = describeDataFolders(options.data)
  const results = await databaseState(options.results)
  const gradients = await checkGradients()
  const problems = problemsIn(data, results, gradients)
  const report: Report = { engine, data, results, gradients, problems }
  console.log(options.json ? JSON.stringify(report, null, 2) : asText(report))
  if (problems.length > 0) process.exitCode = 1
}

function problemsIn(
  data: readonly DataFolder[],
  results: DatabaseState,
  gradients: readonly GradientCheck[],
): string[] {
  const problems: string[] = []
  for (const { folder, named, exists } of data) {
    if (named && !exists) problems.push(`missing data folder: ${folder}`)
  }
  if (results.check !== undefined && results.check !== 'ok') {
    problems.push(`damaged database: ${results.path} (${results.check})`)
  }
  for (const { name, ok, error, failure } of gradients) {
    if (!ok) problems.push(`wrong gradient: ${name} (${failure ?? `error ${scientific(error)}`})`)
  }
  return problems
}

function asText({ engine, data, results, gradients, problems }: Report): string {
  const versions = Object.entries(engine.versions).map(([name, version]) => `${name} ${version}`)
  const settings = Object.entries(engine.settings).map(([name, value]) => `${name}=${value}`)
  const width = Math.max(...gradients.map(({ name }) => name.length))
  return [
    `engine     ${engine.name} (${versions.join(', ')})`,
    `device     ${engine.device}`,
    `threads    ${engine.threads}`,
    ...(settings.length > 0 ? [`settings   ${settings.join(' ')}`] : []),
    ...data.map(({ folder, exists }) => `data       ${folder}${exists ? '' : ' (absent)'}`),
    `database   ${describeDatabase(results)}`,
    '',
    `gradients against finite differences (largest relative error, ${gradients.length} operations)`,
    ...gradients.map(
      ({ name, ok, error, milliseconds }) =>
        `  ${ok ? 'ok   ' : 'WRONG'} ${name.padEnd(width)}  ${scientific(error).padStart(8)}` +
        `  ${milliseconds.toFixed(0).padStart(5)} ms`,
    ),
    '',
    ...(problems.length > 0 ? problems : ['everything is in order']),
  ].join('\n')
}

function describeDatabase({ path, bytes, check }: DatabaseState): string {
  if (bytes === undefined) return `${path} (absent: the first run makes it)`
  return `${path} (${(bytes / 1e6).toFixed(1)} MB, quick_check ${check})`
}

function scientific(error: number): string {
  return Number.isFinite(error) ? error.toExponential(1) : 'failed'
}
