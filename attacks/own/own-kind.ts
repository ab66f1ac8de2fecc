import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { messageOf, UsageError } from '../../src/errors.ts'
import { type Attack, normSchema } from '../attack.ts'
import type { AttackKind } from '../attack-kind.ts'
import { guardedRun } from './guarded-run.ts'
import type { OwnAttack, OwnAttackOptions, OwnKind } from './own-attack.ts'

/** A user's attack before its options and its radius are known. */
export type OwnAttackKind = AttackKind<OwnAttackOptions>

/** Where a user's attack comes from. */
export interface Origin {
  /** Name of the file without its ending. */
  readonly name: string
  readonly file: string
}

/** Options that rows of results use themselves. */
const reserved = ['name', 'sha256', 'surrogates', 'eot'] as const

const method = (signature: string) =>
  z.custom<(...args: never[]) => unknown>(value => typeof value === 'function', {
    error: `must be a function ${signature}`,
  })

const fieldsSchema = z.record(
  z.string(),
  z.custom<z.ZodType>(value => value instanceof z.ZodType, { error: 'must be a schema of z' }),
  { error: 'must be single options by name, each a schema of z, or one schema of them all' },
)

const kindSchema = z.strictObject(
  {
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and dashes')
      .optional(),
    options: z
      .custom<z.ZodType>(value => value instanceof z.ZodType)
      .or(fieldsSchema)
      .optional(),
    create: method('(options, epsilon)'),
    expectedQueries: method('(options)').optional(),
  },
  { error: ({ code }) => (code === 'invalid_type' ? 'the function hands back no object' : null) },
)

const attackSchema = z.object(
  {
    requires: z
      .array(z.enum(['lossGradient', 'surrogates']), {
        error: "must be a list of 'lossGradient' and 'surrogates'",
      })
      .optional(),
    run: method('(victim, x, labels, random)'),
  },
  { error: 'must hand back an object with run' },
)

/**
 * What a user's file gives as a kind of attack like Gauntlet's own.
 *
 * @param origin the file, and what it is called if it does not say so itself
 * @throws UsageError with the field that breaks the contract
 */
export function ownKind(given: unknown, origin: Origin, sha256: string): OwnAttackKind {
  const refuse = (message: string) => new UsageError(`invalid attack: ${origin.file}: ${message}`)
  const result = kindSchema.safeParse(given)
  if (!result.success) throw refuse(issueOf(result.error))
  const kind = given as OwnKind
  const name = kindSchema.shape.name.safeParse(kind.name ?? origin.name)
  if (!name.success) throw refuse(`name: ${issueOf(name.error)}`)
  const taken = reserved.find(
    field => !(kind.options instanceof z.ZodType) && field in (kind.options ?? {}),
  )
  if (taken) throw refuse(`options.${taken}: is Gauntlet's own`)
  const schema = schemaOf(kind, name.data!)
  return {
    name: name.data!,
    options: z.unknown().transform((input, context) => {
      try {
        const parsed = schema.safeParse(input)
        if (parsed.success) {
          const options = { ...(parsed.data as object), sha256 } as OwnAttackOptions
          requireWhole(options, name.data!)
          create(kind, options, 1)
          queriesOf(kind, options)
          return options
        }
        for (const { path, message } of parsed.error.issues) {
          context.addIssue({ code: 'custom', path, message })
        }
      } catch (error) {
        context.addIssue({ code: 'custom', message: messageOf(error).split('\n')[0]! })
      }
      return z.NEVER
    }),
    create: (options, epsilon) => create(kind, options, epsilon),
    expectedQueries: options => queriesOf(kind, options),
  }
}

function schemaOf({ options = {} }: OwnKind, name: string): z.ZodType {
  if (options instanceof z.ZodType) return options
  return z.strictObject({ norm: normSchema, ...options, name: z.literal(name) })
}

/** A schema of the user's own may give anything. */
function requireWhole(options: OwnAttackOptions, name: string): void {
  if (options.name !== name)
    throw new Error(`options: must give name as it is (z.literal('${name}'))`)
  if (!normSchema.safeParse(options.norm).success || !options.norm) {
    throw new Error('options: must give norm (normSchema)')
  }
  const taken = reserved.slice(2).find(field => field in options)
  if (taken) throw new Error(`options: ${taken} is Gauntlet's own`)
  if (!isJson(options)) {
    throw new Error('options: give what no row can hold (text, numbers, lists and objects alone)')
  }
}

/** Whether a value is the same after it was written and read. */
function isJson(value: unknown): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value)
  } catch {
    return false
  }
}

/** Ball and norm are those that were asked for, whatever the user's code says. */
function create(kind: OwnKind, options: OwnAttackOptions, epsilon: number): Attack {
  const { name, norm } = options
  const made = kind.create(withoutHash(options), epsilon)
  const result = attackSchema.safeParse(made)
  if (!result.success)
    throw new UsageError(`invalid attack: ${name}: create: ${issueOf(result.error)}`)
  const { requires = ['lossGradient'] }: OwnAttack = made
  return {
    name,
    norm,
    epsilon,
    config: { ...options, epsilon },
    requires,
    run: guardedRun(name, (...given) => made.run(...given)),
  }
}

function queriesOf(kind: OwnKind, options: OwnAttackOptions): number {
  const own = withoutHash(options)
  if (!kind.expectedQueries) return times(own, 'steps') * times(own, 'restarts')
  const queries: unknown = kind.expectedQueries(own)
  if (typeof queries === 'number' && queries >= 0 && queries < Infinity) return queries
  throw new UsageError(
    `invalid attack: ${options.name}: expectedQueries: hands back ${queries}, no number`,
  )
}

function times(options: object, field: string): number {
  const value = (options as Record<string, unknown>)[field]
  return typeof value === 'number' && value > 0 ? value : 1
}

function withoutHash({ sha256: _, ...options }: OwnAttackOptions) {
  return options
}

/** The first mistake with its place. */
function issueOf(error: z.ZodError): string {
  const [issue] = error.issues as [z.core.$ZodIssue]
  const { path, message } =
    issue.code === 'invalid_union' ? (issue.errors.at(-1)?.[0] ?? issue) : issue
  const place = z.core.toDotPath([...issue.path, ...(path === issue.path ? [] : path)])
  return place ? `${place}: ${message}` : message
}
