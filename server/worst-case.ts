/** Attack name under which the worst case over the attacks is reported. */
export const WORST_CASE = 'worst-case'
