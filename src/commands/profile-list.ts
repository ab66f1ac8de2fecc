import type { PlanInput } from '../plans/plan.ts'

/** Columns of a terminal. */
const lineLength = 80

/** Lines that name profiles and say what they are, for the help of a command. */
export function profileList(profiles: readonly (readonly [string, PlanInput])[]): string {
  const width = Math.max(...profiles.map(([name]) => name.length))
  return profiles
    .map(([name, { description }]) => {
      const [first, ...rest] = wrapped(description ?? '', lineLength - width - 4)
      return [
        `  ${name.padEnd(width)}  ${first}`,
        ...rest.map(line => ' '.repeat(width + 4) + line),
      ].join('\n')
    })
    .join('\n')
}

/** A text in lines of at most so many characters, broken between words. */
function wrapped(text: string, length: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > length) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
