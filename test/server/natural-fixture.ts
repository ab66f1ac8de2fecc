import { saveCertification, saveCorruptions } from '../../src/store/results.ts'
import type { Store } from '../../src/store/store.ts'

/** How many of 120 images are right under each kind, from the mildest severity. */
export const corruptionCounts: Readonly<Record<string, readonly number[]>> = {
  'gaussian-noise': [90, 84, 60],
  fog: [72, 48, 24],
  rotation: [96, 60, 0],
}

/** The severities that were measured. */
export const corruptionSeverities = [1, 3, 5] as const

/**
 * Certificates as written: `r0.6` is right within 0.6, `w0.2` is wrong with that radius, `-`
 * abstains. At least 0, 0.25, 0.5, 0.75 and 1 are right for 5, 4, 3, 1 and 0 of them.
 */
export const certificateTexts = ['r0.1', 'r0.3', 'r0.5', 'r0.74', 'r0.99', 'w0.2', '-', '-']

/** Writes corruptions and certificates of one model. */
export async function fillNatural(store: Store, model_id: string): Promise<void> {
  const shared = {
    model_id,
    seed: 0,
    environment_id: 'environment-1',
    created_at: '2026-11-20T02:10:00.000Z',
  }
  const rows = Object.entries(corruptionCounts).flatMap(([corruption, counts]) =>
    counts.map((correct, at) => ({
      ...shared,
      ...{ id: 'corrupt-1', corruption, severity: corruptionSeverities[at]!, correct },
      ...{ n: 120, clean_correct: 108 },
    })),
  )
  await saveCorruptions(store, rows)
  const n = certificateTexts.length
  const options = { sigma: 0.25, selection: 100, estimation: 1000, alpha: 0.001, seconds: 9 }
  await saveCertification(
    store,
    { ...shared, ...options, id: 'certify-1', n },
    certificateTexts.map((text, example) => {
      const radius = Number(text.slice(1))
      const prediction = text === '-' ? null : text.startsWith('r') ? 1 : 2
      return { example, label: 1, prediction, radius, lower: radius > 0 ? 0.9 : 0.4 }
    }),
  )
}
