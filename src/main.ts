#!/usr/bin/env node
/** The `gauntlet` command: one subcommand a file in commands/, loaded when it is needed. */
import { Command } from 'commander'
import { messageOf, UsageError, WorkError } from './errors.ts'
import { gauntletVersion } from './runner/project.ts'

const usageStatus = 2

const commands: Readonly<Record<string, () => Promise<Command>>> = {
  nightly: async () => (await import('./commands/nightly.ts')).nightlyCommand(),
  regressions: async () => (await import('./commands/regressions.ts')).regressionsCommand(),
  init: async () => (await import('./commands/init.ts')).initCommand(),
  probe: async () => (await import('./commands/probe.ts')).probeCommand(),
  attack: async () => (await import('./commands/attack.ts')).attackCommand(),
  check: async () => (await import('./commands/check.ts')).checkCommand(),
  compare: async () => (await import('./commands/compare.ts')).compareCommand(),
  report: async () => (await import('./commands/report.ts')).reportCommand(),
  corrupt: async () => (await import('./commands/corrupt.ts')).corruptCommand(),
  certify: async () => (await import('./commands/certify.ts')).certifyCommand(),
  import: async () => (await import('./commands/import.ts')).importCommand(),
  'export-model': async () => (await import('./commands/export-model.ts')).exportModelCommand(),
  serve: async () => (await import('./commands/serve.ts')).serveCommand(),
  query: async () => (await import('./commands/query.ts')).queryCommand(),
  db: async () => (await import('./commands/db.ts')).dbCommand(),
  export: async () => (await import('./commands/export.ts')).exportCommand(),
  reproduce: async () => (await import('./commands/reproduce.ts')).reproduceCommand(),
  data: async () => (await import('./commands/data.ts')).dataCommand(),
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand(),
  'setup-tensorflow': async () =>
    (await import('./commands/setup-tensorflow.ts')).setupTensorflowCommand(),
}

// A reader that has seen enough, as in `… | head`, is no mistake.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1)
})

try {
  const program = await createProgram(process.argv[2])
  await program.parseAsync()
} catch (error) {
  console.error(`error: ${messageOf(error)}`)
  const isExpected = error instanceof UsageError || error instanceof WorkError
  if (!isExpected && process.env.GAUNTLET_DEBUG) console.error(error)
  process.exitCode = error instanceof UsageError ? usageStatus : 1
}

/** The program with the command that is called, or with all where none of them is. */
async function createProgram(called: string | undefined): Promise<Command> {
  const program = new Command('gauntlet')
    .description('Is likelihood-ratio training more robust? Train, attack, measure, compare.')
    .version(await gauntletVersion())
    .addHelpText('after', '\nExamples:\n  gauntlet nightly\n  gauntlet serve\n  gauntlet compare')
  const own = called !== undefined && Object.hasOwn(commands, called) ? commands[called] : undefined
  for (const load of own ? [own] : Object.values(commands)) program.addCommand(await load())
  exitWithUsageStatus(program)
  return program
}

/** Commander ends with status 1 for a wrong option; here that is 2, and 1 means failed work. */
function exitWithUsageStatus(command: Command): void {
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : usageStatus))
  for (const subcommand of command.commands) exitWithUsageStatus(subcommand)
}
