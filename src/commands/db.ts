import { Command } from 'commander'
import { checkDatabase } from './db/check.ts'
import { mergeDatabases } from './db/merge.ts'
import { vacuumDatabase } from './db/vacuum.ts'
import { examples } from './examples.ts'
import { resultsOption } from './results-option.ts'

/** `gauntlet db`: looks after the results database. */
export function dbCommand(): Command {
  const command = new Command('db')
    .description('check, compact and merge results databases')
    .addHelpText('after', examples('gauntlet db check', 'gauntlet db merge /mnt/other/results'))
  command
    .command('check')
    .description('look for damage, and for files that are missing, changed or left over')
    .addOption(resultsOption())
    .addHelpText(
      'after',
      `
Prints one line a finding and exits with status 1 if there is any. Nothing is
changed. What is looked at: pages and indexes of the file, references between
rows, tables and views of this version, counts of examples, and the checkpoints,
adversarial examples and attacks beside the database with their hashes.`,
    )
    .addHelpText('after', examples('gauntlet db check --results results'))
    .action(async ({ results }: { readonly results: string }) => {
      if (!(await checkDatabase(results))) process.exitCode = 1
    })
  command
    .command('vacuum')
    .description('give space of deleted rows back to the disk')
    .addOption(resultsOption())
    .addHelpText(
      'after',
      `
Refused while a nightly is running. Needs free space of the database's size for
as long as it takes; if the disk is full, the database stays as it was.`,
    )
    .addHelpText('after', examples('gauntlet db vacuum --results results'))
    .action(({ results }: { readonly results: string }) => vacuumDatabase(results))
  command
    .command('merge')
    .description("take in another machine's results")
    .argument('<other>', 'results folder, or a database file in one')
    .addOption(resultsOption())
    .option('--dry-run', 'say what would be taken in and change nothing')
    .addHelpText(
      'after',
      `
Results are named by hashes of what they depend on: what is here already stays,
what is new is added with its checkpoints and examples, a job that is done there
is done here. Merging twice changes nothing. A result that both have with other
numbers is a conflict: it is named, and nothing is changed. The other database
is only read, and may be in use or of an older Gauntlet.`,
    )
    .addHelpText(
      'after',
      examples(
        'gauntlet db merge /mnt/other/results --dry-run',
        'gauntlet db merge /mnt/other/results --results results',
      ),
    )
    .action((other: string, options: { readonly results: string; readonly dryRun?: true }) =>
      mergeDatabases(other, options),
    )
  return command
}
