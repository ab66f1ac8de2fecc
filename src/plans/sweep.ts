import { z } from 'zod'
import {
  type NoisyEstimatorOptions,
  noisyEstimatorSchema,
} from '../training/estimators/create-estimator.ts'

/** Values that are crossed with each other and with every estimator of a probe. */
export const sweepSchema = z.strictObject({
  copies: z.array(z.int()).min(1).optional(),
  sigma: z.array(z.number()).min(1).optional(),
})

/**
 * Every estimator with every combination of the values, instead of its own.
 *
 * @param refuse is told about the first combination of an estimator that cannot be
 */
export function swept(
  estimators: readonly NoisyEstimatorOptions[],
  { copies, sigma }: z.infer<typeof sweepSchema>,
  refuse: (path: readonly PropertyKey[], message: string) => void,
): NoisyEstimatorOptions[] {
  const combinations = (copies ?? [undefined]).flatMap(k =>
    (sigma ?? [undefined]).map(s => ({
      ...(k !== undefined && { copies: k }),
      ...(s !== undefined && { sigma: s }),
    })),
  )
  return estimators.flatMap(estimator =>
    combinations.flatMap(change => {
      const { success, data, error } = noisyEstimatorSchema.safeParse({ ...estimator, ...change })
      if (success) return [data]
      const { path, message } = error.issues[0]!
      refuse(path, `${message} (${estimator.name})`)
      return []
    }),
  )
}
