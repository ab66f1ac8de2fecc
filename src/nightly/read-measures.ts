import {
  nightlyCertificates,
  nightlyCertifications,
  nightlyCorruptions,
  nightlyVerdicts,
} from '../store/queries/natural-outcomes.ts'
import {
  type NightlyEvaluation,
  type NightlyModel,
  type NightlyProbe,
  nightlyEvaluations,
  nightlyModels,
  nightlyProbes,
} from '../store/queries/nightly-measures.ts'
import type { Store } from '../store/store.ts'
import type { Measurement } from './measurement.ts'
import {
  certificationMeasurements,
  corruptionMeasurement,
  verdictMeasurement,
} from './natural-measures.ts'
import { type Owner, ownerOf, unattacked, variantsOf } from './owner.ts'

/** Every number that an execution asked for and that is there, in the order of its plan. */
export async function readMeasurements(store: Store, nightlyId: string): Promise<Measurement[]> {
  const models = await nightlyModels(store, nightlyId)
  const variants = variantsOf(models)
  const owners = new Map(models.map(model => [model.id, ownerOf(model, variants.get(model.id)!)]))
  const each = <Row extends { readonly model_id: string }>(
    rows: readonly Row[],
    measure: (owner: Owner, row: Row) => Measurement[],
  ) =>
    rows.flatMap(row => {
      const owner = owners.get(row.model_id)
      return owner ? measure(owner, row) : []
    })
  const certifications = await nightlyCertifications(store, nightlyId)
  const certificates = await nightlyCertificates(
    store,
    certifications.map(({ id }) => id),
  )
  return [
    ...models.flatMap(model => modelMeasurements(owners.get(model.id)!, model)),
    ...each(await nightlyEvaluations(store, nightlyId), evaluationMeasurement),
    ...each(await nightlyProbes(store, nightlyId), probeMeasurements),
    ...each(await nightlyCorruptions(store, nightlyId), (owner, row) => [
      corruptionMeasurement(owner, row),
    ]),
    ...each(certifications, (owner, row) => {
      const own = certificates.filter(one => one.certification_id === row.id)
      return certificationMeasurements(owner, row, own)
    }),
    ...each(await nightlyVerdicts(store, nightlyId), (owner, row) => [
      verdictMeasurement(owner, row),
    ]),
  ]
}

function modelMeasurements(owner: Owner, model: NightlyModel): Measurement[] {
  const trained = model.state === 'trained'
  const base = { ...owner, ...unattacked, job: model.id, detail: '', n: null, sd: null }
  return [
    { ...base, metric: 'state', plain: false, value: trained ? 1 : 0 },
    ...(trained
      ? [{ ...base, metric: 'seconds', plain: true, value: model.seconds } as const]
      : []),
  ]
}

function evaluationMeasurement(owner: Owner, row: NightlyEvaluation): Measurement[] {
  const transfer = row.crafted_on !== row.model_id
  const detail = [
    transfer && `from ${row.source_architecture} ${row.source_arm} seed ${row.source_seed}`,
    row.setting === 'poisoning' && 'poisoning',
    row.inference && `noise ${row.inference}`,
  ].filter(part => part)
  const clean = row.attack === 'none'
  return [
    {
      ...owner,
      metric: clean ? 'clean' : 'robust',
      job: row.id,
      ...(clean ? unattacked : { attack: row.attack, norm: row.norm, epsilon: row.epsilon }),
      detail: detail.join(', '),
      config: `${owner.config} ${row.attack_config} ${row.seed}`,
      commit: row.commit_hash,
      plain: detail.length === 0,
      value: row.robust_accuracy,
      n: row.n,
      sd: null,
    },
  ]
}

function probeMeasurements(owner: Owner, row: NightlyProbe): Measurement[] {
  const base = {
    ...owner,
    ...unattacked,
    job: row.id,
    detail: `${row.estimator}, ${row.copies} copies, σ ${row.sigma}, ${row.site}`,
    config: `${owner.config} ${row.estimator_config}`,
    commit: row.commit_hash,
    plain: true,
    n: row.repeats,
  }
  const { cosine_mean: cosine, relative_variance: variance, cosine_sd: sd } = row
  return [
    ...(cosine === null ? [] : [{ ...base, metric: 'cosine', value: cosine, sd } as const]),
    ...(variance === null
      ? []
      : [{ ...base, metric: 'variance', value: variance, sd: null } as const]),
  ]
}

/** The commits that numbers were made at, each once, separated by commas; null where unknown. */
export function commitsOf(measurements: readonly Measurement[]): string | null {
  const known = measurements.flatMap(({ commit }) => (commit === null ? [] : [commit]))
  return known.length === 0 ? null : [...new Set(known)].join(', ')
}
