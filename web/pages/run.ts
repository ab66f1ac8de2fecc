import { MOST_RUNS } from '../../server/schemas/compare.ts'
import type { RunJobs } from '../../server/schemas/run-jobs.ts'
import type { RunDetail, RunEvaluation } from '../../server/schemas/runs.ts'
import { get } from '../api.ts'
import { budget } from '../budget.ts'
import type { Column } from '../columns.ts'
import { copyable } from '../copyable.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { armName, attackName, normName } from '../names.ts'
import { settingsCard } from '../settings-card.ts'
import { table } from '../table.ts'
import { time } from '../time.ts'
import { certifiedContent } from './certified-figure.ts'
import { corruptionContent } from './corruption-figures.ts'
import { columns as probeColumns } from './gradient-figures.ts'
import { curveSection } from './learning-curve.ts'
import type { Page, View } from './page.ts'
import { jobsContent } from './run-jobs.ts'
import { unfinished } from './unfinished-run.ts'
import { verdictSection } from './verdicts.ts'

/** `/runs/<id>`: everything about one training run, and how to do it again. */
export async function run({ path, params }: View): Promise<Page> {
  const id = path.slice('/runs/'.length)
  const jobs = await get<RunJobs>(`/runs/${id}/jobs`)
  if (jobs.job && jobs.job.state !== 'done') return unfinished(jobs.job, jobs)
  const data = await get<RunDetail>(`/runs/${id}`)
  const { run } = data
  const seed = run.arm === 'imported' ? '' : `, seed ${run.seed}`
  const title = `${armName(run.arm)}, ${run.dataset} / ${run.architecture}${seed}`
  return {
    title,
    content: [
      h('nav', { 'aria-label': 'Breadcrumb', class: 'crumbs' }, h('a', { href: '/runs' }, 'Runs')),
      h('h1', {}, format.capital(title)),
      outcome(data),
      contents(),
      ...(data.reproduce === null ? [] : [copyable('Reproduce', data.reproduce)]),
      ...(isTrained(data) ? [section('Learning curve', ...curveSection(data, params))] : []),
      section('Is the robustness real?', ...verdictSection(data)),
      section('Evaluations', ...evaluations(data)),
      ...naturalSections(data),
      section('Gradient probes', probes(data)),
      section('Configuration and environment', details(data)),
      section('Jobs and executions', ...jobsContent(jobs)),
    ],
  }
}

const anchor = (title: string) => title.toLowerCase().replaceAll('?', '').replaceAll(' ', '-')

function section(title: string, ...content: readonly HTMLElement[]): HTMLElement {
  const id = anchor(title)
  return h('section', { 'aria-labelledby': id }, h('h2', { id }, title), ...content)
}

/** Links to the parts that are read most, further down the page. */
function contents(): HTMLElement {
  const links = ['Evaluations', 'Configuration and environment', 'Jobs and executions'].map(title =>
    h('a', { href: `#${anchor(title)}` }, title),
  )
  return h('nav', { class: 'actions contents', 'aria-label': 'On this page' }, ...links)
}

/** Imported models and ensembles have no training to show. */
const isTrained = ({ reproduce }: RunDetail) => reproduce !== null

const origins: Readonly<Record<string, string>> = {
  imported: 'Imported ',
  ensemble: 'Put together ',
}

/** What only models of images have. */
function naturalSections(data: RunDetail): HTMLElement[] {
  if (data.dataset.shape.length !== 3 || data.run.state === 'diverged') return []
  return [
    section('Natural corruptions', ...corruptionContent(data)),
    section('Certified accuracy', certifiedContent(data)),
  ]
}

function outcome(data: RunDetail): HTMLElement {
  const { run, pair } = data
  const clean =
    run.state === 'diverged'
      ? 'The training diverged: its loss was no longer finite. There is no model to attack.'
      : `Clean accuracy ${format.percent(run.cleanAccuracy)} ` +
        `${format.percentInterval(run.cleanLow, run.cleanHigh)} (Wilson 95 %), n = ${format.count(run.testCount)}.`
  const cost =
    `${format.count(run.updates)} updates, ${format.count(run.forwards)} forward passes, ` +
    `${format.duration(run.seconds)}, on ${run.engine}.`
  const twins = pair.flatMap((twin, index) => [
    index > 0 ? ', ' : '',
    h('a', { href: `/runs/${twin.id}` }, armName(twin.arm)),
    ` (${twin.state === 'diverged' ? 'diverged' : format.percent(twin.cleanAccuracy)})`,
  ])
  return h(
    'section',
    { class: `card finding ${run.state === 'diverged' ? 'less' : ''}`, 'aria-label': 'Outcome' },
    h('p', { class: 'numbers' }, clean),
    ...(isTrained(data)
      ? [
          h('p', {}, cost),
          h(
            'p',
            {},
            'Same pair: ',
            ...(twins.length > 0 ? [...twins, ' · ', sideBySide(data)] : ['no other model yet']),
          ),
        ]
      : []),
    h(
      'p',
      { class: 'muted' },
      origins[run.arm] ?? 'Trained ',
      time(run.createdAt),
      ', run ',
      h('code', {}, run.id),
    ),
  )
}

/** The way to the whole pair side by side. */
function sideBySide({ run, pair }: RunDetail): HTMLElement {
  const ids = [run.id, ...pair.map(({ id }) => id)].slice(0, MOST_RUNS)
  return h('a', { href: `/compare?runs=${ids.join(',')}` }, 'compare them')
}

function evaluations({ evaluations: rows }: RunDetail): HTMLElement[] {
  if (rows.length === 0) return [h('p', { class: 'muted' }, 'This model was not attacked.')]
  const compared = rows.filter(({ purpose }) => purpose === 'comparison')
  const checked = rows.filter(({ purpose }) => purpose === 'check')
  const tableOf = (caption: string, some: readonly RunEvaluation[]) =>
    h('div', { class: 'card' }, table(caption, columnsFor(some), some))
  return [
    ...(compared.length > 0 ? [tableOf('Evaluations of this run', compared)] : []),
    ...(checked.length > 0
      ? [
          h(
            'details',
            { id: 'check-evaluations' },
            h('summary', {}, `${checked.length} more were made for the checks alone`),
            tableOf('Evaluations made for the checks', checked),
          ),
        ]
      : []),
  ]
}

function probes({ probes: rows }: RunDetail): HTMLElement {
  if (rows.length === 0)
    return h('p', { class: 'muted' }, 'The gradients of this model were not probed.')
  return h(
    'div',
    { class: 'card' },
    table('Gradient probes of this run', probeColumns.slice(1), rows),
  )
}

function details(data: RunDetail): HTMLElement {
  const { dataset, environment } = data
  const general = {
    parameters: data.parameters === null ? 'unknown' : format.count(data.parameters),
    pair: data.pairId,
    'checkpoint SHA-256': data.checkpointSha256 ?? 'none',
    'weights SHA-256': data.weightsSha256 ?? 'none',
  }
  const { id: _id, ...readable } = environment
  return h(
    'div',
    { class: 'grid' },
    ...(isTrained(data)
      ? [
          settingsCard('Estimator', data.configuration.estimator),
          settingsCard('Training', data.configuration.training),
        ]
      : []),
    settingsCard('Architecture', data.configuration.architecture),
    settingsCard('Data set', {
      ...dataset,
      classes: dataset.classes.join(', '),
      shape: dataset.shape.join(' × '),
    }),
    settingsCard('Environment', {
      ...readable,
      commit: environment.commit ?? 'outside a checkout',
    }),
    settingsCard('Model', general),
  )
}

/** What the model kept of its noise at inference, and over how many passes it was judged. */
function noiseOf(inference: RunEvaluation['inference']): string {
  if (inference === null) return 'none'
  const { kind, sigma } = inference.noise as { readonly kind: string; readonly sigma: unknown }
  return `${kind} σ ${[sigma].flat().join(', ')}, mean of ${inference.draws}`
}

/** Columns of which at least one row has something to say. */
function columnsFor(rows: readonly RunEvaluation[]): readonly Column<RunEvaluation>[] {
  return evaluationColumns.filter(
    ({ optional, value }) => !optional || rows.some(row => value(row) !== null),
  )
}

/** Taxonomy of attacks: a misclassified example is skipped, no attack is needed. */
const outcomes = (row: RunEvaluation) =>
  [row.cleanCorrect - row.robustCorrect, row.robustCorrect, row.n - row.cleanCorrect].join(' / ')

const evaluationColumns: readonly (Column<RunEvaluation> & { readonly optional?: boolean })[] = [
  { header: 'Attack', value: row => attackName(row.attack) },
  { header: 'Noise', value: ({ inference }) => noiseOf(inference) },
  { header: 'Norm', value: row => (row.attack === 'none' ? '–' : normName(row.norm)) },
  {
    header: 'ε',
    value: row => row.epsilon,
    text: row => budget(row.norm, row.epsilon),
    numeric: true,
  },
  {
    header: 'Setting',
    value: row => (row.changedEdges === null ? null : row.setting),
    optional: true,
  },
  {
    header: 'Crafted on',
    value: ({ craftedOn: on }) =>
      on.self ? 'itself' : `${armName(on.arm)} ${on.architecture} seed ${on.seed}`,
    href: ({ craftedOn: on }) => (on.self ? undefined : `/runs/${on.id}`),
  },
  {
    header: 'Accuracy',
    value: row => row.robustAccuracy,
    text: row => format.percent(row.robustAccuracy),
    numeric: true,
  },
  {
    header: '95 % (Wilson)',
    value: row => format.percentInterval(row.low, row.high),
    numeric: true,
  },
  { header: 'Right', value: row => `${row.robustCorrect} of ${row.n}`, numeric: true },
  {
    header: 'Successful / failed / skipped',
    value: row => (row.attack === 'none' ? null : outcomes(row)),
    numeric: true,
    optional: true,
  },
  {
    header: 'Words changed',
    value: row => row.changedWordRate,
    text: row => format.percent(row.changedWordRate),
    numeric: true,
    optional: true,
  },
  {
    header: 'Edges changed',
    value: row => row.changedEdges,
    text: row => format.real(row.changedEdges),
    numeric: true,
    optional: true,
  },
  {
    header: 'Features changed',
    value: row => row.changedEntries,
    text: row => format.real(row.changedEntries),
    numeric: true,
    optional: true,
  },
  {
    header: 'Queries',
    value: row => row.queriesMean,
    text: row => format.real(row.queriesMean),
    numeric: true,
  },
  {
    header: 'Time',
    value: row => row.seconds,
    text: row => format.duration(row.seconds),
    numeric: true,
  },
]
