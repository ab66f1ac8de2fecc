import { z } from 'zod'

/** How a smoothed classifier is sampled; the defaults are those of Cohen et al. (2019). */
export const smoothingSchema = z.strictObject({
  /** Standard deviation of the Gaussian noise, in units of the input. */
  sigma: z.number().positive().max(100),
  /** Noisy copies that choose the class to certify. */
  selection: z.int().min(1).max(1_000_000).default(100),
  /** Noisy copies that estimate the probability of this class, or that predict. */
  estimation: z.int().min(1).max(10_000_000).default(100_000),
  /** Probability with which a certificate or a prediction may be wrong. */
  alpha: z.number().positive().lt(0.5).default(0.001),
  /** Copies in one pass of the model; it does not change the result. */
  batch: z.int().min(1).max(100_000).default(1000),
})

export type SmoothingOptions = Readonly<z.output<typeof smoothingSchema>>
