import { duration } from './duration.ts'

/** What is known about a plan while it runs. */
export interface ProgressState {
  readonly done: number
  readonly total: number
  /** Expected seconds of all jobs, of what is finished, and of what was finished at the start. */
  readonly cost: { readonly total: number; readonly done: number; readonly reused: number }
  /** What the workers are doing. */
  readonly current: readonly string[]
}

export interface ProgressReporter {
  update(state: ProgressState): void
  /** A line that stays, e.g. a finished training. */
  line(text: string): void
  end(): void
}

/** Plain output says where it stands this often. */
const plainInterval = 15_000
const barWidth = 24

/**
 * Shows how far a plan is: on a terminal one line that is redrawn, with the time left; elsewhere a
 * plain line now and then.
 *
 * @param now clock in milliseconds
 */
export function progressReporter(
  out: NodeJS.WriteStream,
  now: () => number = () => performance.now(),
): ProgressReporter {
  const started = now()
  const clear = out.isTTY ? '\r\u001b[K' : ''
  let lastPlain = started
  let shown = ''
  const describe = (state: ProgressState) => {
    const { done, total, cost, current } = state
    const share = cost.total > 0 ? cost.done / cost.total : 1
    const left = secondsLeft(cost, (now() - started) / 1000)
    const percent = `${Math.floor(share * 100)} %`.padStart(5)
    const parts = [
      `${done}/${total} jobs`,
      left === null ? '' : `${duration(left)} left`,
      ...current,
    ]
    return { share, percent, text: parts.filter(part => part !== '').join(' · ') }
  }
  return {
    update(state) {
      const { share, percent, text } = describe(state)
      if (out.isTTY) {
        const filled = Math.round(share * barWidth)
        const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled)
        shown = `${bar}${percent} ${text}`.slice(0, (out.columns || 80) - 1)
        out.write(clear + shown)
      } else if (now() - lastPlain >= plainInterval) {
        lastPlain = now()
        out.write(`${percent.trim()} · ${text}\n`)
      }
    },
    line(text) {
      out.write(`${clear}${text}\n${out.isTTY ? shown : ''}`)
    },
    end() {
      out.write(clear)
      shown = ''
    },
  }
}

/** Before this share of the work is done, nothing is said of how long the rest takes. */
const leastShare = 0.005

/** Time left at the pace so far; null until there is one. */
function secondsLeft(cost: ProgressState['cost'], elapsed: number): number | null {
  const worked = cost.done - cost.reused
  if (worked <= leastShare * cost.total || elapsed < 1) return null
  return ((cost.total - cost.done) * elapsed) / worked
}
