import { WORST_CASE } from '../../server/worst-case.ts'
import * as format from '../../web/format.ts'
import { armName, normName, seriesName } from '../../web/names.ts'
import { comparison, type Rows } from '../commands/compare-tables.ts'
import type { Block, Chart } from './document.ts'
import type { Answer, Report, Section } from './report-schema.ts'

/** A report as blocks of text, tables and charts, the answer first. */
export function toDocument(report: Report): Block[] {
  const { sections, counts, createdAt, gauntletVersion } = report
  const only = [report.asked.dataset, report.asked.architecture].filter(one => one !== null)
  return [
    { kind: 'heading', level: 1, text: 'Is it more robust, and can it be trusted?' },
    {
      kind: 'paragraph',
      text:
        `Gauntlet ${gauntletVersion}, ${createdAt}${only.length > 0 ? `, ${only.join(' / ')}` : ''}. ` +
        `The database holds ${counts.models} models and ${counts.evaluations} evaluations of ` +
        `${format.count(counts.examples)} examples.`,
    },
    { kind: 'heading', level: 2, text: 'In short' },
    { kind: 'table', caption: shortCaption, rows: shortRows(sections) },
    ...sections.flatMap(sectionBlocks),
    { kind: 'heading', level: 2, text: 'How to read this' },
    { kind: 'list', items: [...notes] },
  ]
}

const shortCaption =
  'The middle radius of each comparison, worst of all attacks; differences hold for the seeds that ' +
  'were trained'

function shortRows(sections: readonly Section[]): string[][] {
  const rows = sections.flatMap(section =>
    section.answers.map(({ findings, robustness }) => {
      const middle = findings[Math.floor((findings.length - 1) / 2)]
      return [
        ...[section.dataset.name, section.setting.architecture, normName(robustness.norm)],
        middle?.headline ?? 'No matched pair to compare yet',
        verdictWords(robustness.verdicts.map(one => one.verdict)),
      ]
    }),
  )
  return [['data', 'architecture', 'norm', 'finding', 'checks'], ...rows]
}

/** e.g. `2 real, 1 masked` */
function verdictWords(verdicts: readonly string[]): string {
  if (verdicts.length === 0) return 'not run'
  return ['real', 'masked', 'undecided']
    .map(word => [verdicts.filter(one => one === word).length, word] as const)
    .filter(([n]) => n > 0)
    .map(([n, word]) => `${n} ${word}`)
    .join(', ')
}

function sectionBlocks(section: Section): Block[] {
  const { dataset, setting } = section
  return [
    { kind: 'heading', level: 2, text: `${dataset.name} / ${setting.architecture}` },
    ...section.answers.flatMap(answer => answerBlocks(answer, section)),
    ...gradientBlocks(section),
    ...naturalBlocks(section),
    { kind: 'heading', level: 3, text: 'What is missing' },
    section.missing.length > 0
      ? { kind: 'list', items: section.missing }
      : { kind: 'paragraph', text: 'Nothing that a report asks for.' },
    { kind: 'details', summary: 'Where it comes from', blocks: provenance(section) },
  ]
}

function answerBlocks({ robustness, findings }: Answer, section: Section): Block[] {
  const { norm, methods, epsilons, flags } = robustness
  const compared = epsilons.filter(epsilon => epsilon > 0)
  return [
    { kind: 'heading', level: 3, text: `Attacks in ${normName(norm)}` },
    { kind: 'chart', chart: chartOf(robustness, findings) },
    ...compared.flatMap((epsilon): Block[] => {
      const { title, accuracies, differences } = comparison(robustness, epsilon)
      const found = findings.find(one => one.epsilon === epsilon)
      return [
        ...(found
          ? [
              { kind: 'paragraph', text: found.headline, strong: true } as const,
              { kind: 'paragraph', text: [found.numbers, ...found.remarks].join(' ') } as const,
            ]
          : []),
        table(
          `${title}: accuracy in percent, mean ± standard deviation over seeds`,
          accuracies,
          WORST_CASE,
        ),
        ...(differences.length > 1
          ? [
              table(
                `${title}: paired differences in points, 95 % intervals`,
                differences,
                WORST_CASE,
              ),
            ]
          : []),
      ]
    }),
    ...checkBlocks(robustness, section),
    ...(flags.length > 0
      ? [
          { kind: 'paragraph', text: 'What makes these numbers less than they seem:' } as const,
          { kind: 'list', items: flags.map(flagLine) } as const,
        ]
      : []),
    { kind: 'paragraph', text: `Intervals: ${methods.accuracy} ${methods.difference}` },
  ]
}

function table(caption: string, rows: Rows, bold: string): Block {
  return { kind: 'table', caption, rows, bold }
}

function flagLine({ kind, series, attack, epsilon, message }: Answer['robustness']['flags'][0]) {
  const about = [series, attack, epsilon === null ? null : `ε ${epsilon}`].filter(Boolean)
  return `${[kind, ...about].join(' ')}: ${message}`
}

function chartOf(
  { curves, series, norm, chance }: Answer['robustness'],
  findings: Answer['findings'],
): Chart {
  const worst = curves.filter(curve => curve.attack === WORST_CASE)
  const sizes = worst.flatMap(curve => curve.points.map(point => point.n))
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)]
  return {
    title: `Accuracy against epsilon, ${normName(norm)}, worst of all attacks, n = ${
      least === most ? most : `${least} to ${most}`
    }`,
    finding: findings.map(one => one.headline).join('. ') || 'No matched pair to compare yet',
    xTitle: `epsilon (${normName(norm)})`,
    chance,
    lines: worst.map(curve => ({
      arm: series.find(one => one.key === curve.series)!.arm,
      name: seriesName(curve.series),
      points: curve.points.map(({ epsilon, accuracy, low, high, seeds }) => ({
        ...{ x: epsilon, y: accuracy, low, high },
        seeds: seeds.map(seed => seed.accuracy),
      })),
    })),
  }
}

function checkBlocks({ verdicts }: Answer['robustness'], { models }: Section): Block[] {
  if (verdicts.length === 0) return []
  const rows = verdicts.map(({ model, epsilon, verdict, n, reasons }) => {
    const own = models.find(({ id }) => id === model)
    return [
      own?.arm ?? '–',
      `${own?.seed ?? '–'}`,
      `${epsilon}`,
      verdict,
      `${n}`,
      reasons.join(' '),
    ]
  })
  return [
    {
      kind: 'table',
      caption: 'Is the robustness real? What the checks say of each model',
      rows: [['arm', 'seed', 'ε', 'verdict', 'n', 'why'], ...rows],
    },
  ]
}

function gradientBlocks({ gradients }: Section): Block[] {
  if (gradients.length === 0) return []
  const rows = gradients.map(one => [
    ...[one.arm, one.estimator, `${one.copies}`, `${one.sigma}`],
    ...[format.real(one.relativeVariance), one.cosine === null ? '–' : one.cosine.toFixed(3)],
    ...[`${one.models}`, `${one.n}`],
  ])
  const head = ['arm', 'estimator', 'copies', 'σ', 'relative variance', 'cosine', 'models', 'n']
  return [
    { kind: 'heading', level: 3, text: 'Gradients' },
    {
      kind: 'table',
      caption:
        'Geometric mean of the relative variance and mean cosine to backprop, over models and ' +
        'layers (n)',
      rows: [head, ...rows],
    },
  ]
}

function naturalBlocks({ corruptions, certified }: Section): Block[] {
  const corrupted = corruptions.map(one => [
    ...[one.arm, `${one.seed}`, `${one.kinds} × ${one.severities}`],
    ...[format.percent(one.cleanAccuracy), format.percent(one.meanAccuracy), `${one.n}`],
  ])
  const certificates = certified.map(one => [
    ...[one.arm, `${one.runSeed}`, `${one.sigma}`, `${one.radius}`, format.percent(one.accuracy)],
    ...[format.percentInterval(one.low, one.high), `${one.n}`],
  ])
  const blocks: Block[] = []
  if (corrupted.length > 0) {
    const head = ['arm', 'seed', 'kinds × severities', 'clean', 'corrupted', 'n']
    const caption = 'Accuracy on naturally corrupted images, mean over kinds and severities'
    blocks.push({ kind: 'table', caption, rows: [head, ...corrupted] })
  }
  if (certificates.length > 0) {
    const head = ['arm', 'seed', 'σ', 'L2 radius', 'certified', 'Wilson 95 %', 'n']
    const caption = 'Accuracy that randomized smoothing certifies'
    blocks.push({ kind: 'table', caption, rows: [head, ...certificates] })
  }
  if (blocks.length === 0) return []
  return [{ kind: 'heading', level: 3, text: 'Corruptions and certificates' }, ...blocks]
}

function provenance(section: Section): Block[] {
  const { dataset, environments, executions, models, setting } = section
  const commands = executions.flatMap(({ command }) => command ?? [])
  const reproduce = models.flatMap(one => one.reproduce ?? [])
  const modelRows = models.map(one => [
    ...[one.id, one.arm, `${one.seed}`, one.state, format.percent(one.cleanAccuracy)],
  ])
  return [
    {
      kind: 'list',
      items: [
        `Data: ${dataset.name}, ${dataset.trainCount} to train and ${dataset.testCount} to test, ` +
          `licence ${dataset.licence}, SHA-256 ${dataset.sha256}`,
        `Architecture: ${JSON.stringify(setting.architectureConfig)}`,
        `Training: ${JSON.stringify(setting.trainingConfig)}`,
        ...environments.map(
          one =>
            `Environment ${one.id}: engine ${one.engine} on ${one.device}, ${one.threads} threads, ` +
            `Node ${one.nodeVersion}, Gauntlet ${one.gauntletVersion}, ` +
            `commit ${one.commit ?? 'not known'}, ${JSON.stringify(one.versions)}`,
        ),
        ...executions.map(
          one =>
            `Plan ${one.plan}: ${one.state}, ${one.done} of ${one.jobs} jobs done, ` +
            `${one.startedAt} to ${one.endedAt ?? 'now'} (${one.id})`,
        ),
      ],
    },
    {
      kind: 'table',
      caption: 'Models',
      rows: [['run', 'arm', 'seed', 'state', 'clean accuracy'], ...modelRows],
    },
    { kind: 'paragraph', text: 'To do it again, and to compare weights bit by bit:' },
    { kind: 'code', lines: [...new Set([...commands, ...reproduce])] },
  ]
}

const notes = [
  'White box: examples crafted on the model that is judged. Transfer: crafted on its twin, ' +
    `${armName('bp')} for the others. The worst case counts an example as right if every attack of ` +
    'that size failed on it.',
  'Differences are of the same seeds on the same examples: over seeds, would other trainings differ ' +
    'alike? Over examples, do these models differ? p is adjusted by Holm for all comparisons of one ' +
    'table family.',
  'A verdict is real, masked (the model hides its gradients, its robust accuracy is an artefact of ' +
    'the attack) or undecided; docs/checks.md explains every check.',
] as const
