import type { KnownAttack } from '../../attacks/own/known-attacks.ts'
import { type Origin, ownKind } from '../../attacks/own/own-kind.ts'
import { toolbox } from '../../attacks/own/toolbox.ts'
import { messageOf, UsageError } from '../errors.ts'
import type { Bundle } from './bundle.ts'

/**
 * Runs the code of a user's attack and gives it what it is made with.
 *
 * @param origin the file, and what the attack is called if it does not say so itself
 * @throws UsageError for code that throws or breaks the contract
 */
export async function evaluateBundle(
  { code, sha256 }: Bundle,
  origin: Origin,
): Promise<KnownAttack> {
  const refuse = (message: string) => new UsageError(`invalid attack: ${origin.file}: ${message}`)
  const failed = (error: unknown) => refuse(messageOf(error).split('\n')[0]!)
  // From memory: what was hashed is what runs, and a dry run writes no file.
  const address = `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`
  const module: { readonly default?: unknown } = await import(address).catch(error => {
    throw failed(error)
  })
  if (typeof module.default !== 'function') {
    throw refuse('no default export that is a function (export default toolbox => ({ … }))')
  }
  let given: unknown
  try {
    given = await module.default(toolbox)
  } catch (error) {
    throw failed(error)
  }
  return { kind: ownKind(given, origin, sha256), code, sha256 }
}
