import { toCertified } from '../../server/natural.ts'
import { robustnessOf } from '../../server/robustness/robustness-of.ts'
import { normSchema } from '../../server/schemas/primitives.ts'
import type { Robustness } from '../../server/schemas/robustness.ts'
import { by, groupBySetting, type SettingGroup } from '../../server/settings.ts'
import { WORST_CASE } from '../../server/worst-case.ts'
import { finding } from '../../web/finding.ts'
import { profiles } from '../plans/profiles/index.ts'
import { gauntletVersion } from '../runner/project.ts'
import { geometricMean } from '../statistics/geometric-mean.ts'
import { summarise } from '../statistics/mean.ts'
import { attackChoices, modelChoices } from '../store/queries/choices.ts'
import { counts } from '../store/queries/counts.ts'
import { models } from '../store/queries/models.ts'
import { certifiedAccuracies } from '../store/queries/natural.ts'
import { type ProbeRow, probes } from '../store/queries/probes.ts'
import {
  corruptionSummaries,
  datasetOf,
  environmentsOf,
  executionsOf,
} from '../store/queries/report.ts'
import type { Store } from '../store/store.ts'
import { missingFrom } from './missing.ts'
import type { Answer, Report, Section } from './report-schema.ts'

/** What a report is about; left out: everything. */
export interface Asked {
  readonly dataset?: string | undefined
  readonly architecture?: string | undefined
}

/** Reads a report out of a results database; no sections where nothing fits what was asked. */
export async function gatherReport(store: Store, asked: Asked, now: Date): Promise<Report> {
  const groups = by(
    (await modelChoices(store))
      .filter(one => asked.dataset === undefined || one.dataset === asked.dataset)
      .filter(one => asked.architecture === undefined || one.architecture === asked.architecture),
    one => JSON.stringify([one.dataset, one.architecture]),
  )
  const attacked = await attackChoices(store)
  const sections: Section[] = []
  for (const [first] of groups.values()) {
    const { dataset, architecture } = first!
    const norms = attacked
      .filter(one => one.dataset === dataset && one.architecture === architecture)
      .map(one => normSchema.parse(one.norm))
    for (const group of groupBySetting(await models(store, dataset, architecture))) {
      sections.push(await sectionOf(store, group, [...new Set(norms)]))
    }
  }
  return {
    format: 'gauntlet-report-1',
    createdAt: now.toISOString(),
    gauntletVersion: await gauntletVersion(),
    asked: { dataset: asked.dataset ?? null, architecture: asked.architecture ?? null },
    counts: await counts(store),
    sections,
  }
}

async function sectionOf(
  store: Store,
  { setting, models: rows }: SettingGroup,
  norms: readonly Robustness['norm'][],
): Promise<Section> {
  const ids = rows.map(row => row.id)
  const { dataset, architecture, id } = setting
  const answers: Answer[] = []
  for (const norm of norms) {
    const query = { dataset, architecture, norm, setting: id }
    const robustness = await robustnessOf(store, query)
    if (robustness.curves.length > 0) {
      answers.push({ findings: findingsOf(robustness), robustness })
    }
  }
  const data = await datasetOf(store, setting.datasetId)
  const section = {
    setting,
    dataset: {
      id: data.id,
      name: data.name,
      trainCount: data.train_count,
      testCount: data.test_count,
      licence: data.licence,
      sha256: data.sha256,
    },
    answers,
    gradients: gradientsOf(await probes(store, ids)),
    corruptions: (await corruptionSummaries(store, ids)).map(row => ({
      model: row.model_id,
      arm: row.arm,
      seed: row.seed,
      kinds: row.corruptions,
      severities: row.severities,
      n: row.n,
      cleanAccuracy: row.clean_accuracy,
      meanAccuracy: row.mean_accuracy,
    })),
    certified: await certifiedOf(store, rows),
    environments: (await environmentsOf(store, ids)).map(environmentOf),
    executions: (await executionsOf(store, ids)).map(row => ({
      ...row,
      command: row.plan in profiles ? `npx gauntlet nightly --profile ${row.plan}` : null,
    })),
    models: rows.map(row => ({
      id: row.id,
      arm: row.arm,
      seed: row.seed,
      state: row.state,
      cleanAccuracy: row.clean_accuracy,
      reproduce: row.arm === 'imported' ? null : `npx gauntlet reproduce ${row.id}`,
    })),
  }
  return { ...section, missing: missingFrom(section) }
}

function findingsOf(robustness: Robustness): Answer['findings'] {
  return robustness.epsilons
    .filter(epsilon => epsilon > 0)
    .map(epsilon => {
      const { verdict, headline, numbers, remarks } = finding(robustness, WORST_CASE, epsilon)
      return { epsilon, verdict, headline, numbers, remarks: [...remarks] }
    })
    .filter(one => one.verdict !== 'none')
}

function gradientsOf(rows: readonly ProbeRow[]): Section['gradients'] {
  const groups = by(rows, row => JSON.stringify([row.arm, row.estimator, row.copies, row.sigma]))
  return [...groups.values()].map(group => {
    const [{ arm, estimator, copies, sigma }] = group as [ProbeRow]
    const values = (of: (row: ProbeRow) => number | null) =>
      group.map(of).filter(value => value !== null)
    const cosines = values(row => row.cosine_mean)
    return {
      ...{ arm, estimator, copies, sigma },
      models: new Set(group.map(row => row.model_id)).size,
      n: group.length,
      relativeVariance: geometricMean(values(row => row.relative_variance).filter(v => v > 0)),
      cosine: cosines.length > 0 ? summarise(cosines).mean : null,
    }
  })
}

async function certifiedOf(
  store: Store,
  rows: SettingGroup['models'],
): Promise<Section['certified']> {
  const found: Section['certified'] = []
  for (const { id, arm, seed } of rows) {
    const own = await certifiedAccuracies(store, { model: id })
    found.push(...own.map(row => ({ ...toCertified(row), model: id, arm, runSeed: seed })))
  }
  return found
}

function environmentOf(
  row: Awaited<ReturnType<typeof environmentsOf>>[number],
): Section['environments'][number] {
  return {
    id: row.id,
    engine: row.engine,
    versions: JSON.parse(row.versions),
    threads: row.threads,
    device: row.device,
    settings: JSON.parse(row.settings),
    nodeVersion: row.node_version,
    gauntletVersion: row.gauntlet_version,
    commit: row.commit_hash,
  }
}
