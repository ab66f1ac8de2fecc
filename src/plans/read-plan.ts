import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { z } from 'zod'
import { messageOf, UsageError } from '../errors.ts'
import { type Plan, planSchema } from './plan.ts'
import { profiles } from './profiles/index.ts'

/**
 * The plan that comes with Gauntlet under this name.
 *
 * @throws UsageError for an unknown name
 */
export function profilePlan(name: string): Plan {
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined
  if (!profile) {
    throw new UsageError(`unknown profile: ${name} (choose ${Object.keys(profiles).join(', ')})`)
  }
  return planSchema.parse(profile)
}

/**
 * Reads a plan from a YAML or JSON file.
 *
 * @throws UsageError naming the first thing that is wrong
 */
export async function readPlan(file: string): Promise<Plan> {
  const text = await readFile(file, 'utf8').catch(error => {
    throw new UsageError(`missing plan: ${file}: ${messageOf(error)}`)
  })
  let value: unknown
  try {
    value = parse(text)
  } catch (error) {
    throw new UsageError(`invalid plan: ${file}: ${messageOf(error).split('\n')[0]}`)
  }
  const result = planSchema.safeParse(value)
  if (result.success) return result.data
  throw new UsageError(`invalid plan: ${file}: ${firstIssue(result.error)}`)
}

function firstIssue(error: z.ZodError): string {
  const { path, message } = error.issues[0]!
  const place = z.core.toDotPath(path)
  return place ? `${place}: ${message}` : message
}
