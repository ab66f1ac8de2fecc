import { duration } from '../runner/duration.ts'
import type { NightlyComparison } from './compare-stores.ts'
import { alarmRule, changeCells, measureName, subjectLine } from './describe.ts'
import type { Change } from './judge.ts'
import type { Measurement, Verdict } from './measurement.ts'

/** A table as rows of text, the first the head. */
export type Rows = readonly (readonly string[])[]

/** One heading of a report, with what stands below. */
export interface ReportSection {
  readonly title: string
  readonly lines: readonly string[]
  readonly table?: Rows
}

/** Most changes of one kind that are listed; the database holds all. */
const mostRows = 50

/** What a comparison found, by headings: the same for terminal and Markdown. */
export function changeSections(comparison: NightlyComparison): ReportSection[] {
  const { changes, onlyBefore, onlyNow } = comparison
  const of = (verdict: Verdict) => changes.filter(change => change.verdict === verdict)
  const listed = (title: string, verdict: Verdict, text = ''): ReportSection[] => {
    const own = of(verdict).sort(byWeight)
    if (own.length === 0) return []
    const more = own.length - mostRows
    return [
      {
        title: `${title} (${own.length})`,
        lines: [
          ...(text ? [text] : []),
          ...(more > 0 ? [`The ${mostRows} largest; ${more} more are in the database.`] : []),
        ],
        table: tableOf(own.slice(0, mostRows)),
      },
    ]
  }
  return [
    { title: headline(comparison), lines: introduction(comparison) },
    ...listed('Regressions', 'regression'),
    ...listed('Improvements', 'improvement', attackHint(of('improvement'))),
    ...listed('Small changes', 'small', 'Certain, but below the smallest change that is an alarm.'),
    ...verdicts(changes),
    ...missing('In the earlier nightly only', onlyBefore),
    ...missing('New in this nightly', onlyNow),
    ...times(changes),
  ]
}

/** The outcome in one line. */
export function headline({ changes, reused, against }: NightlyComparison): string {
  const count = (verdict: Verdict) => changes.filter(one => one.verdict === verdict).length
  const [worse, better] = [count('regression'), count('improvement')]
  const since = `since ${against.startedAt.slice(0, 16).replace('T', ' ')} UTC`
  if (changes.length === 0) {
    return reused > 0 ? `Nothing was measured again ${since}` : `Nothing to compare ${since}`
  }
  if (worse > 0) return `${plural(worse, 'regression')} ${since}`
  return better > 0
    ? `No regression, ${plural(better, 'improvement')} ${since}`
    : `No change that can be told ${since}`
}

function introduction(comparison: NightlyComparison): string[] {
  const { against, commits, changes, family, reused, settings, alarms } = comparison
  const undecided = changes.filter(one => one.verdict === 'undecided').length
  const accuracies = changes.filter(one => one.test === 'mcnemar').length
  const seeds = changes.filter(one => one.test === 'seeds').length
  const repeats = changes.filter(one => one.test === 'repeats').length
  const tests = [
    [accuracies, "on the same examples by McNemar's exact test"],
    [repeats, "of gradients over repeats by Welch's test"],
    [seeds, "over seeds by Welch's test"],
  ] as const
  const parts = tests.filter(([n]) => n > 0).map(([n, text]) => `${n} ${text}`)
  return [
    `Compared with ${against.id}${against.place === null ? '' : ` in ${against.place}`}; ` +
      `commit ${against.commits ?? 'unknown'} → ${commits ?? 'unknown'}.`,
    ...(parts.length > 0
      ? [`Comparisons: ${parts.join(', ')}; ${family} of them differ in anything.`]
      : []),
    ...(reused > 0
      ? [`${plural(reused, 'number')} of the earlier nightly stand: the same jobs, not done again.`]
      : []),
    ...(undecided > 0 ? [`${plural(undecided, 'change')} with one seed only cannot be told.`] : []),
    ...settings.slice(0, mostSettings).map(({ path, before, now }) => {
      return `Changed: ${path} ${before ?? '(none)'} → ${now ?? '(none)'}`
    }),
    ...(settings.length > mostSettings
      ? [`… and ${settings.length - mostSettings} more settings.`]
      : []),
    ...(changes.length > 0 ? [alarmRule(alarms)] : []),
  ]
}

const mostSettings = 10

/** A robust accuracy that rises with the same weights says nothing good of the attack. */
function attackHint(improvements: readonly Change[]): string {
  const weaker = improvements.some(({ note }) => note.endsWith('weaker now'))
  return weaker ? 'With the same weights, a higher robust accuracy is a weaker attack.' : ''
}

/** Certain ones first, then by p, then by size. */
function byWeight(a: Change, b: Change): number {
  const size = ({ difference }: Change) => Math.abs(difference ?? 0)
  return (a.holm ?? -1) - (b.holm ?? -1) || size(b) - size(a)
}

function tableOf(changes: readonly Change[]): Rows {
  return [
    ['what', 'before', 'now', 'difference', 'p (Holm)', 'n', 'note'],
    ...changes.map(change => {
      const { before, now, difference, p, n } = changeCells(change)
      return [subjectLine(change), before, now, difference, p, n, change.note]
    }),
  ]
}

/** What has no counterpart, by what it is of. */
function missing(title: string, measurements: readonly Measurement[]): ReportSection[] {
  if (measurements.length === 0) return []
  const counts = new Map<string, number>()
  for (const one of measurements) {
    const name = `${one.dataset} ${one.architecture}: ${measureName({ ...one, detail: '' })}`
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const lines = [...counts].map(([name, count]) => `${name} (${count})`)
  const more = lines.length - mostSettings
  return [
    {
      title: `${title} (${measurements.length})`,
      lines: [...lines.slice(0, mostSettings), ...(more > 0 ? [`… and ${more} more.`] : [])],
    },
  ]
}

/** A verdict that is another one now needs a look, but chance can turn it: it is no alarm. */
function verdicts(changes: readonly Change[]): ReportSection[] {
  const own = changes.filter(one => one.metric === 'verdict' && one.difference !== 0)
  if (own.length === 0) return []
  const lines = ['Robustness checks that say something else now (reported, never an alarm).']
  return [{ title: `Verdicts (${own.length})`, lines, table: tableOf(own) }]
}

/** Training times are told, never an alarm: they depend on what else the machine does. */
function times(changes: readonly Change[]): ReportSection[] {
  const own = changes.filter(change => change.metric === 'seconds')
  if (own.length === 0) return []
  const sum = (side: 'before' | 'now') => own.reduce((total, one) => total + one[side]!, 0)
  return [
    {
      title: 'Training time',
      lines: [
        `${duration(sum('before'))} → ${duration(sum('now'))} for ${plural(own.length, 'model')} ` +
          '(reported, never an alarm).',
      ],
    },
  ]
}

function plural(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}
