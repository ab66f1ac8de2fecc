import { join } from 'node:path'
import { Option } from 'commander'

/** `--results <folder>`: where the results database and the checkpoints lie. */
export function resultsOption(): Option {
  return new Option(
    '--results <folder>',
    'folder of the results database and the checkpoints',
  ).default(process.env.GAUNTLET_RESULTS || 'results', 'GAUNTLET_RESULTS, else ./results')
}

/** The results database in a results folder. */
export function databaseFile(folder: string): string {
  return join(folder, 'gauntlet.db')
}
