import type { Plan } from './plan.ts'

type Group = Plan['models'][number]

/**
 * What a group's architecture is called within its plan: its name, followed by the options that
 * tell it from others of that name, e.g. `mlp`, `resnet depth 8`, `mlp hidden 64,64`.
 */
export function architectureTitle({ architecture }: Group, plan: Plan): string {
  const others = plan.models
    .map(group => group.architecture as Readonly<Record<string, unknown>>)
    .filter(({ name }) => name === architecture.name)
  const telling = Object.entries(architecture).filter(([option, value]) =>
    others.some(other => JSON.stringify(other[option]) !== JSON.stringify(value)),
  )
  return [architecture.name, ...telling.map(([option, value]) => `${option} ${value}`)].join(' ')
}
