import type { TransferGroup } from '../../server/schemas/transfer.ts'
import { armName } from '../names.ts'

/** What people call models that differ in the seed alone, in the lines of a label. */
export function groupLines({ architecture, arm, variant, members }: TransferGroup): string[] {
  if (members) {
    const architectures = [...new Set(members.map(member => member.architecture))]
    const arms = [...new Set(members.map(member => armName(member.arm)))]
    return [`ensemble (${architectures.join(', ')})`, arms.join(', ')]
  }
  return [architecture, ...(arm === 'imported' ? ['imported'] : [armName(arm)]), variant].filter(
    line => line !== '',
  )
}

/** The same in lines of about a dozen letters, for the head of a column. */
export function narrowLines(group: TransferGroup): string[] {
  return groupLines(group).flatMap(line => {
    const lines = ['']
    for (const word of line.replaceAll('+ ', '+\u00a0').split(' ')) {
      const longer = `${lines.at(-1)} ${word}`.trim()
      if (longer.length <= 12) lines[lines.length - 1] = longer
      else lines.push(word)
    }
    return lines.filter(part => part !== '')
  })
}

/** The same in one line. */
export function groupName(group: TransferGroup): string {
  const [first, second, ...rest] = groupLines(group)
  return [`${first} ${second}`, ...rest].join(', ')
}

/** Names by id. */
export function groupNames(groups: readonly TransferGroup[]): ReadonlyMap<string, string> {
  return new Map(groups.map(group => [group.id, groupName(group)]))
}
