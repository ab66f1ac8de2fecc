import { readFile } from 'node:fs/promises'
import { isKnown, know, knownAttack } from '../../attacks/own/known-attacks.ts'
import { isOwn } from '../../attacks/own/own-attack.ts'
import { WorkError } from '../errors.ts'
import type { AttackConfig } from '../plans/job-config.ts'
import type { ResultsFolder } from '../runner/results-folder.ts'
import type { NewJob } from '../store/jobs.ts'
import { writeAtomically } from '../training/write-atomically.ts'
import { hashOf } from './bundle.ts'
import { evaluateBundle } from './evaluate-bundle.ts'

/** Keeps the code of the users' attacks that jobs run, so that it is there whatever becomes of theirs. */
export async function keepAttacks(results: ResultsFolder, jobs: readonly NewJob[]): Promise<void> {
  for (const { kind, config } of jobs) {
    const { attack } = config as unknown as AttackConfig
    if (kind !== 'attack' || !attack || !isOwn(attack)) continue
    const file = results.attack(attack.sha256)
    const { code } = knownAttack(attack)
    const kept = await readFile(file, 'utf8').catch(() => undefined)
    if (kept !== code) await writeAtomically(file, Buffer.from(code))
  }
}

/**
 * Makes an attack known from the results, where it is a user's and not known yet.
 *
 * @throws WorkError for code that is missing or is not what was kept
 */
export async function knowKept(results: ResultsFolder, attack: object | null): Promise<void> {
  if (!attack || !isOwn(attack) || isKnown(attack)) return
  const { name, sha256 } = attack
  const file = results.attack(sha256)
  const again = `${name}: ${file} (run the command with --attacks again)`
  const code = await readFile(file, 'utf8').catch(() => {
    throw new WorkError(`missing attack: ${again}`)
  })
  if (hashOf(code) !== sha256) throw new WorkError(`invalid attack: not as it was kept: ${again}`)
  know(await evaluateBundle({ code, sha256 }, { name, file }))
}
