import type { PlanInput } from '../plans/plan.ts'

/** Lines that name profiles and say what they are, for the help of a command. */
export function profileList(profiles: readonly (readonly [string, PlanInput])[]): string {
  const width = Math.max(...profiles.map(([name]) => name.length))
  return profiles
    .map(([name, { description }]) => `  ${name.padEnd(width)}  ${description}`)
    .join('\n')
}
