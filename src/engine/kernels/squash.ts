/**
 * Hyperbolic tangent within 4e-8, less than float32 rounds by, and several times as fast as
 * `Math.tanh`: the quotient of an odd polynomial and an even one that is closest on [−9, 9] (a
 * least-squares fit, weighted anew until the largest error was smallest). NaN stays NaN.
 */
export function tanh(v: number): number {
  const x = v < -9 ? -9 : v > 9 ? 9 : v
  const s = x * x
  const above = 3.48658152614e-3 + s * (2.04718249339e-5 + s * 1.31842169388e-8)
  const below = 2.5841977767e-2 + s * (3.27138480574e-4 + s * 7.70266047729e-7)
  return (
    (x * (0.999999906357 + s * (0.13373197378 + s * above))) /
    (1 + s * (0.467064942413 + s * below))
  )
}

/** Logistic function, `½ + ½ tanh(v / 2)`, within 2e-8. */
export function sigmoid(v: number): number {
  return 0.5 + 0.5 * tanh(0.5 * v)
}
