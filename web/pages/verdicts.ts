import type { VerdictWord } from '../../server/schemas/robustness.ts'
import type { RunDetail, RunVerdict } from '../../server/schemas/runs.ts'
import type { Column } from '../columns.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { normName } from '../names.ts'
import { table } from '../table.ts'

/** The word with a sign of its own, so that colour is not all that tells them apart. */
export function verdictBadge(verdict: VerdictWord): HTMLElement {
  return h('span', { class: `verdict ${verdict}` }, `${signs[verdict]} ${verdict}`)
}

const signs: Readonly<Record<VerdictWord, string>> = { real: '✓', masked: '✕', undecided: '?' }

/** What the robustness checks found of a run, the latest first. */
export function verdictSection({ run, verdicts }: RunDetail): HTMLElement[] {
  if (verdicts.length > 0) return verdicts.map(card)
  return [
    h(
      'p',
      { class: 'muted' },
      'Not checked yet. Type: ',
      h('code', {}, `npx gauntlet check --model ${run.id} --eps 0.1`),
    ),
  ]
}

function card(one: RunVerdict): HTMLElement {
  const failed = one.findings.filter(({ verdict }) => verdict === 'failed').length
  const passed = one.findings.filter(({ verdict }) => verdict === 'passed').length
  const title = `${normName(one.norm)} ε = ${format.epsilon(one.epsilon)}`
  return h(
    'div',
    { class: 'card' },
    h('h3', {}, `${title} `, verdictBadge(one.verdict)),
    h('ul', { class: 'remarks' }, ...one.reasons.map(reason => h('li', {}, reason))),
    h(
      'details',
      { id: `verdict-${one.id}` },
      h(
        'summary',
        {},
        `${format.plural(one.findings.length, 'finding')} on ${format.plural(one.n, 'example')}: ` +
          `${passed} passed, ${failed} failed`,
      ),
      table(`Robustness checks at ${title}`, findingColumns, one.findings),
    ),
  )
}

type Finding = RunVerdict['findings'][number]

const findingColumns: readonly Column<Finding>[] = [
  { header: 'No', value: row => row.number, numeric: true },
  { header: 'Check', value: row => row.name, href: row => `/checks#${row.name}` },
  { header: 'Part', value: row => row.part ?? '–' },
  { header: 'Decides', value: row => row.meaning },
  { header: 'Found', value: row => row.verdict },
  { header: 'Value', value: row => row.value, text: row => figure(row.value), numeric: true },
  {
    header: 'Limit',
    value: row => row.threshold,
    text: row => figure(row.threshold),
    numeric: true,
  },
  { header: 'In words', value: row => row.detail, prose: true },
]

function figure(value: number | null): string {
  return value === null ? '–' : format.real(value)
}
