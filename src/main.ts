#!/usr/bin/env node
/** The `gauntlet` command: one subcommand a file in commands/. */
import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import { dataCommand } from './commands/data.ts'
import { doctorCommand } from './commands/doctor.ts'
import { nightlyCommand } from './commands/nightly.ts'
import { queryCommand } from './commands/query.ts'
import { reproduceCommand } from './commands/reproduce.ts'
import { serveCommand } from './commands/serve.ts'
import { setupTensorflowCommand } from './commands/setup-tensorflow.ts'
import { messageOf, UsageError, WorkError } from './errors.ts'

const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
const usageStatus = 2

const program = new Command('gauntlet')
  .description('Is likelihood-ratio training more robust? Train, attack, measure, compare.')
  .version(manifest.version)
for (const command of [
  nightlyCommand(),
  serveCommand(),
  queryCommand(),
  reproduceCommand(),
  dataCommand(),
  doctorCommand(),
  setupTensorflowCommand(),
]) {
  program.addCommand(command)
}
exitWithUsageStatus(program)

try {
  await program.parseAsync()
} catch (error) {
  const isExpected = error instanceof UsageError || error instanceof WorkError
  console.error(`error: ${messageOf(error)}`)
  if (!isExpected && process.env.GAUNTLET_DEBUG) console.error(error)
  process.exitCode = error instanceof UsageError ? usageStatus : 1
}

/** Commander ends with status 1 for a wrong option; here that is 2, and 1 means failed work. */
function exitWithUsageStatus(command: Command): void {
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : usageStatus))
  for (const subcommand of command.commands) exitWithUsageStatus(subcommand)
}
