import { execFileSync } from 'node:child_process'

/** The name of the graphics card as its driver's own tool reports it, or `GPU` where that is missing. */
export function acceleratorName(): string {
  try {
    const names = execFileSync('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000,
    })
    return names.trim().split('\n').at(-1) || 'GPU'
  } catch {
    return 'GPU'
  }
}
