import type { Kysely } from 'kysely'
import type { NewJob } from '../../src/store/jobs.ts'
import { saveCertification, saveCorruptions, saveVerdict } from '../../src/store/results.ts'
import type { Schema } from '../../src/store/schema.ts'
import type { RobustnessVerdictTable } from '../../src/store/tables/evidence.ts'

/** What a night measured of its models besides attacks. */
export interface NaturalEvidence {
  /** Of 600 right images of 1000 in the fog, how many fewer. */
  readonly fogLost: number
  /** Of 80 images of 100 that are certified within σ, how many fewer. */
  readonly certifiedLost: number
  readonly verdict: RobustnessVerdictTable['verdict']
  /** Whether it was kept which images were right. */
  readonly codes: boolean
}

const sigma = 0.25

/** The jobs that make this evidence. */
export function naturalJobs(model: string): NewJob[] {
  return (['corrupt', 'certify', 'check'] as const).map(kind => {
    const id = `${model}.${kind}`
    return { id, kind, config: { id }, title: `${kind} ${id}`, cost: 1, needs: [model] }
  })
}

/** Writes this evidence of a model. */
export async function writeNatural(
  store: Kysely<Schema>,
  model: string,
  environment: string,
  { fogLost, certifiedLost, verdict, codes }: NaturalEvidence,
): Promise<void> {
  const made = { environment_id: environment, created_at: '2026-11-01T01:00:00.000Z' }
  const cell = (corruption: string, right: number) => ({
    ...{ id: `${model}.corrupt`, model_id: model, corruption, severity: 3, seed: 0, n: 1000 },
    ...{ clean_correct: 900, correct: right, ...made },
    codes: codes
      ? Array.from({ length: 1000 }, (_, at) => 1 + (at < 900 ? 2 : 0) + (at < right ? 4 : 0)).join(
          '',
        )
      : null,
  })
  await saveCorruptions(store, [cell('contrast', 700), cell('fog', 600 - fogLost)])
  await saveCertification(
    store,
    {
      ...{ id: `${model}.certify`, model_id: model, sigma, selection: 10, estimation: 100 },
      ...{ alpha: 0.001, seed: 0, n: 100, seconds: 1, ...made },
    },
    Array.from({ length: 100 }, (_, example) => ({
      ...{ example, label: 1, lower: 0.9, prediction: example < 90 ? 1 : null },
      radius: example < 80 - certifiedLost ? 1.5 * sigma : example < 90 ? 0.5 * sigma : 0,
    })),
  )
  await saveVerdict(
    store,
    {
      ...{ id: `${model}.check`, model_id: model, norm: 'linf', epsilon: 0.1, n: 100, seed: 0 },
      ...{ settings_config: '{}', verdict, reasons: '[]', seconds: 1, ...made },
    },
    [],
  )
}
