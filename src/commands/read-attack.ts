import { entryNamed } from '../data/registry.ts'
import { UsageError } from '../errors.ts'
import {
  type AnyAttackInput,
  type AnyAttackOptions,
  anyAttackSchema,
  attackNames,
  attacksOn,
} from '../plans/any-attack.ts'
import { type Setting, underExpectation } from '../plans/attack-entry.ts'

const contents = { images: 'images', sequences: 'texts', graph: 'a graph' } as const

/**
 * The attack that is named, or written as JSON with its options.
 *
 * @param norm of the ball of an attack on images that does not say its own
 * @param noisy whether the model keeps noise at inference
 * @throws UsageError for an unknown name or option, and for a norm where none applies
 */
export function readAttack(
  text: string,
  norm: string | undefined,
  noisy: boolean,
): AnyAttackOptions {
  const written = text.startsWith('{') ? parsed(text) : { name: text }
  const named = [...attackNames.sequences, ...attackNames.graph].includes(`${written.name}`)
  if (named && norm !== undefined) {
    throw new UsageError(`invalid option: --norm is for attacks on images, not ${written.name}`)
  }
  const asked = named ? written : { norm: norm ?? 'linf', ...written }
  const result = anyAttackSchema.safeParse(
    noisy ? underExpectation(asked as AnyAttackInput) : asked,
  )
  if (result.success) return result.data
  const { path, message } = result.error.issues[0]!
  const reason = path.length === 0 || path[0] === 'name' ? message : `${path.join('.')}: ${message}`
  throw new UsageError(`invalid attack: ${text}: ${reason}`)
}

function parsed(text: string): { readonly name?: unknown } {
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError(`invalid attack: ${text} is not JSON`)
  }
}

/**
 * Makes sure that an attack changes what the data set holds, and that it can poison if it is to.
 *
 * @throws UsageError
 */
export function requireFit(attack: AnyAttackOptions, dataset: string, setting: Setting): void {
  const made = attacksOn(attack)
  const { kind } = entryNamed(dataset)
  if (made !== kind) {
    throw new UsageError(
      `invalid attack: ${attack.name} is for ${contents[made]}, ${dataset} holds ${contents[kind]}`,
    )
  }
  if (setting === 'poisoning' && kind !== 'graph') {
    throw new UsageError('invalid option: --setting poisoning is for attacks on graphs')
  }
}
