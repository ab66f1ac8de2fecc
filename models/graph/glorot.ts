/**
 * Spread of a weight's initial values, of variance 2 / (inputs + outputs).
 *
 * @see Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
 *   networks", 2010
 */
export function glorot(inputs: number, outputs: number): { readonly deviation: number } {
  return { deviation: Math.sqrt(2 / (inputs + outputs)) }
}
