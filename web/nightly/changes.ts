import type { NightlyChange, NightlyDetail } from '../../server/schemas/nightly.ts'
import type { Column } from '../columns.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { armName } from '../names.ts'
import { table } from '../table.ts'
import { differenceText, valueText } from './words.ts'

type Comparison = NonNullable<NightlyDetail['comparison']>

/** The answer: whether anything is worse than before, with what was compared. */
export function changeFinding({ nightly, comparison }: NightlyDetail): HTMLElement {
  const { regressions, improvements } = nightly.comparison ?? { regressions: 0, improvements: 0 }
  const verdict = regressions > 0 ? 'less' : improvements > 0 ? 'more' : 'undecided'
  return h(
    'section',
    { class: `card finding ${verdict}`, 'aria-labelledby': 'finding' },
    h('h2', { id: 'finding' }, headlineOf({ nightly, comparison })),
    h('p', { class: 'numbers' }, comparison ? numbersOf(nightly, comparison) : firstText),
    comparison && comparison.settings.length > 0
      ? h(
          'ul',
          { class: 'settings-changed' },
          ...comparison.settings
            .slice(0, mostSettings)
            .map(({ path, before, now }) =>
              h('li', {}, h('code', {}, path), ` ${before ?? '(none)'} → ${now ?? '(none)'}`),
            ),
          comparison.settings.length > mostSettings &&
            h('li', {}, `and ${comparison.settings.length - mostSettings} more settings`),
        )
      : null,
  )
}

const mostSettings = 8

const firstText =
  'The next nightly of the same plan is compared with this one; or compare with another results ' +
  'folder: npx gauntlet nightly --baseline <folder>.'

function headlineOf({
  nightly,
  comparison,
}: Pick<NightlyDetail, 'nightly' | 'comparison'>): string {
  if (!comparison) return 'Nothing to compare with yet'
  const { regressions, improvements } = nightly.comparison!
  const compared = Object.values(comparison.verdicts).reduce((sum, count) => sum + count, 0)
  if (regressions > 0) return `▼ ${format.plural(regressions, 'regression')}`
  if (improvements > 0) return `No regression, ▲ ${format.plural(improvements, 'improvement')}`
  if (compared === 0) return 'Nothing was measured again'
  return 'No change that can be told'
}

function numbersOf({ commits }: NightlyDetail['nightly'], one: Comparison): string {
  const compared = Object.entries(one.verdicts)
    .filter(([verdict]) => verdict !== 'reported')
    .reduce((sum, [, count]) => sum + count, 0)
  return [
    `Against the nightly of ${format.time(one.startedAt)}${one.place ? ` in ${one.place}` : ''}, ` +
      `commit ${one.commits ?? 'unknown'} → ${commits ?? 'unknown'}:`,
    `${format.plural(compared, 'comparison')}; tests in which anything differs: ${one.family}` +
      `${one.reused > 0 ? `; ${format.plural(one.reused, 'number')} not measured again` : ''}.`,
    `An alarm has p ≤ ${rounded(100 * one.alpha)} % after Holm's adjustment and a change of ` +
      `${rounded(100 * one.leastPoints)} or more points.`,
  ].join(' ')
}

const rounded = (value: number) => String(Number(value.toPrecision(3)))

const groups = [
  ['regression', '▼ Regressions', ''],
  [
    'improvement',
    '▲ Improvements',
    'A robust accuracy that rises with the same weights is a weaker attack, not a better model.',
  ],
  ['small', 'Small changes', 'Certain, but below the smallest change that is an alarm.'],
  ['undecided', 'Cannot be told', 'Trained anew elsewhere with one seed: nothing to judge by.'],
] as const

/** Lists of what changed, with links to the runs. */
export function changeLists({ changes }: Comparison): HTMLElement[] {
  const lists = groups.flatMap(([verdict, title, text]) => {
    const rows = changes.filter(change => change.verdict === verdict)
    if (rows.length === 0) return []
    return [
      h(
        'section',
        { class: 'card', 'aria-labelledby': `changes-${verdict}` },
        h('h3', { id: `changes-${verdict}` }, `${title} (${rows.length})`),
        text ? h('p', { class: 'muted' }, text) : null,
        table(title, columns, rows),
      ),
    ]
  })
  return [
    h('div', { class: 'stack', id: 'changes' }, ...lists, ...verdictsOf(changes)),
    timesOf(changes),
  ]
}

/** Verdicts of the robustness checks that are others now: told, since chance can turn them. */
function verdictsOf(changes: readonly NightlyChange[]): HTMLElement[] {
  const rows = changes.filter(change => change.metric === 'verdict')
  if (rows.length === 0) return []
  const title = `Verdicts (${rows.length})`
  return [
    h(
      'section',
      { class: 'card', 'aria-labelledby': 'changes-verdict' },
      h('h3', { id: 'changes-verdict' }, title),
      h('p', { class: 'muted' }, 'Robustness checks that say something else now; never an alarm.'),
      table('Verdicts', toldColumns, rows),
    ),
  ]
}

/** Training times are told and never an alarm. */
function timesOf(changes: readonly NightlyChange[]): HTMLElement {
  const rows = changes.filter(change => change.metric === 'seconds')
  if (rows.length === 0) return h('div', {})
  const total = (side: 'before' | 'now') => rows.reduce((sum, row) => sum + (row[side] ?? 0), 0)
  return h(
    'p',
    { class: 'muted training-times', id: 'times' },
    `Training time of ${format.plural(rows.length, 'model')}: ${format.duration(total('before'))} → ` +
      `${format.duration(total('now'))}. Reported, never an alarm.`,
  )
}

const columns: readonly Column<NightlyChange>[] = [
  {
    header: 'Model',
    value: row =>
      `${row.dataset} ${row.architecture} ${armName(row.arm)}${row.variant ? ` (${row.variant})` : ''}`,
    href: row => (row.modelHere ? `/runs/${row.modelId}` : undefined),
  },
  {
    header: 'Seed',
    value: row => row.seed,
    text: row => (row.seed === null ? `all ${row.seeds}` : String(row.seed)),
    numeric: true,
  },
  { header: 'Measure', value: row => row.measure },
  {
    header: 'Before',
    value: row => row.before,
    text: row => valueText(row.metric, row.before),
    numeric: true,
  },
  {
    header: 'Now',
    value: row => row.now,
    text: row => valueText(row.metric, row.now),
    numeric: true,
  },
  {
    header: 'Difference (95 %)',
    value: row => row.difference,
    text: differenceText,
    numeric: true,
  },
  {
    header: 'p (Holm)',
    value: row => row.holm,
    text: row =>
      row.holm === null ? '–' : format.pValue(row.holm).replace('p = ', '').replace('p ', ''),
    numeric: true,
  },
  {
    header: 'n',
    value: row => row.n,
    text: row => (row.n === 0 ? '–' : format.count(row.n)),
    numeric: true,
  },
  { header: 'Note', value: row => row.note, prose: true },
]

/** Of what is told and not tested. */
const toldColumns = columns.filter(({ header }) =>
  ['Model', 'Seed', 'Measure', 'Before', 'Now', 'n'].includes(header),
)
