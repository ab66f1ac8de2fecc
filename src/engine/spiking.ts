export const surrogateNames = ['atan', 'fast-sigmoid', 'triangular', 'heaviside'] as const
export type Surrogate = (typeof surrogateNames)[number]
