import { spawn } from 'node:child_process'

export interface CommandRun {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs one command in a process of its own, with errors reported as the command line does: the message
 * alone, status 2 for a UsageError and 1 for any other.
 */
export function runCommand(
  module: string,
  factory: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<CommandRun> {
  const script = `
    const { ${factory} } = await import('${new URL(`../../src/commands/${module}`, import.meta.url)}')
    try {
      await ${factory}().parseAsync(${JSON.stringify(args)}, { from: 'user' })
    } catch (error) {
      console.error(error.message)
      process.exitCode = error.name === 'UsageError' ? 2 : 1
    }`
  const env = { ...process.env, ...environment }
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { env })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', chunk => {
    stdout += chunk
  })
  child.stderr.on('data', chunk => {
    stderr += chunk
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', status => resolve({ status, stdout, stderr }))
  })
}
