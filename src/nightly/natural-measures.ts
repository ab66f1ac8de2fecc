import type { Outcomes } from '../store/outcome-codes.ts'
import type {
  NightlyCertificate,
  NightlyCertification,
  NightlyCorruption,
  NightlyVerdict,
} from '../store/queries/natural-outcomes.ts'
import type { Measurement } from './measurement.ts'
import { type Owner, unattacked } from './owner.ts'

/** Radii at which certified accuracies are followed, in units of σ. */
const radii = [0, 1, 2]

/** The accuracy on one kind of corrupted images at one severity. */
export function corruptionMeasurement(owner: Owner, row: NightlyCorruption): Measurement {
  return {
    ...owner,
    ...unattacked,
    metric: 'corrupted',
    job: row.id,
    detail: corruptionName(row),
    config: `${owner.config} ${row.seed}`,
    commit: row.commit_hash,
    plain: true,
    value: row.accuracy,
    n: row.n,
    sd: null,
  }
}

/** A kind of corruption and how strong it is, e.g. `fog, severity 3`. */
export function corruptionName(row: { corruption: string; severity: number }): string {
  return `${row.corruption}, severity ${row.severity}`
}

/** Certified accuracies within the L2 radii 0, σ and 2σ. */
export function certificationMeasurements(
  owner: Owner,
  row: NightlyCertification,
  certificates: readonly NightlyCertificate[],
): Measurement[] {
  const { sigma, selection, estimation, alpha, seed } = row
  return radii.map((factor): Measurement => {
    const epsilon = factor * sigma
    const certified = certifiedWithin(certificates, epsilon).filter(bits => (bits & 4) !== 0)
    return {
      ...owner,
      ...{ metric: 'certified', attack: null, norm: 'l2', epsilon },
      job: row.id,
      detail: `noise σ ${sigma}`,
      config: `${owner.config} ${[selection, estimation, alpha, seed].join(' ')}`,
      commit: row.commit_hash,
      plain: true,
      value: certified.length / row.n,
      n: row.n,
      sd: null,
    }
  })
}

/** Outcomes of certificates: right, and right under attack where certain within a radius. */
export function certifiedWithin(
  certificates: readonly NightlyCertificate[],
  within: number,
): Outcomes {
  const last = certificates.reduce((most, { example }) => Math.max(most, example), -1)
  const outcomes = new Uint8Array(last + 1)
  for (const { example, label, prediction, radius } of certificates) {
    outcomes[example] = prediction !== label ? 1 : radius >= within ? 7 : 3
  }
  return outcomes
}

/** What a verdict is as a number. */
const verdictValues = { real: 1, undecided: 0, masked: -1 } as const

/** What the robustness checks say of a model. */
export function verdictMeasurement(owner: Owner, row: NightlyVerdict): Measurement {
  return {
    ...owner,
    ...{ metric: 'verdict', attack: null, norm: row.norm, epsilon: row.epsilon },
    job: row.id,
    detail: '',
    config: `${owner.config} ${row.settings_config} ${row.seed}`,
    commit: row.commit_hash,
    plain: false,
    value: verdictValues[row.verdict],
    n: row.n,
    sd: null,
  }
}
