import { readdir } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { type KnownAttack, offer } from '../../attacks/own/known-attacks.ts'
import { UsageError } from '../errors.ts'
import { attackNames } from '../plans/any-attack.ts'
import { bundle } from './bundle.ts'
import { evaluateBundle } from './evaluate-bundle.ts'

/** What results call no attack, and all attacks together. */
const inResults = ['none', 'worst-case']

const wanted = '.ts, .js or .mjs'

/**
 * Makes the attacks of a folder known by their names: every file directly in it is one.
 *
 * @throws UsageError for a folder without attacks, a file that is none, and a name that is taken
 */
export async function loadOwnAttacks(folder: string): Promise<void> {
  const owners = new Map<string, string>([
    ...[...Object.values(attackNames).flat(), ...inResults].map(
      name => [name, 'Gauntlet'] as const,
    ),
  ])
  for (const name of await filesIn(folder)) {
    const attack = await load(join(folder, name))
    const owner = owners.get(attack.kind.name)
    if (owner) {
      throw new UsageError(
        `invalid attack: ${join(folder, name)}: the name ${attack.kind.name} is taken by ${owner}`,
      )
    }
    owners.set(attack.kind.name, name)
    offer(attack)
  }
}

async function load(file: string): Promise<KnownAttack> {
  return evaluateBundle(await bundle(file), { name: parse(file).name, file })
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'ENOTDIR' ? 'is no folder' : 'cannot be read'
      throw new UsageError(
        `missing folder: ${folder} ${reason} (--attacks takes one with ${wanted})`,
      )
    },
  )
  const names = entries
    .filter(entry => !entry.isDirectory() && /(?<!\.d)\.(ts|js|mjs)$/.test(entry.name))
    .map(({ name }) => name)
    .sort()
  if (names.length > 0) return names
  throw new UsageError(`missing attack: ${folder} holds no file that ends with ${wanted}`)
}
