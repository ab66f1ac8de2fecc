import type { Plan } from './plan.ts'

type Group = Plan['models'][number]

/**
 * What a group's architecture is called within its plan: its name, followed by the options that
 * tell it from others of that name, e.g. `mlp`, `resnet depth 8`, `mlp hidden 2×64`.
 */
export function architectureTitle({ architecture }: Group, plan: Plan): string {
  const others = plan.models
    .map(group => group.architecture as Readonly<Record<string, unknown>>)
    .filter(({ name }) => name === architecture.name)
  const telling = Object.entries(architecture).filter(([option, value]) =>
    others.some(other => JSON.stringify(other[option]) !== JSON.stringify(value)),
  )
  const options = telling.map(([option, value]) => `${option} ${shortened(value)}`)
  return [architecture.name, ...options].join(' ')
}

/** A list of equal values as a product, else the value as it stands. */
function shortened(value: unknown): string {
  const equal = Array.isArray(value) && value.every(one => one === value[0])
  return equal ? `${value.length}×${value[0]}` : String(value)
}
