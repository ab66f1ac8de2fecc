import type { PlanInput } from '../plan.ts'
import { images28 } from './images28.ts'
import { probeDepthWidth } from './probe-depth-width.ts'
import { probeQuick } from './probe-quick.ts'
import { quick } from './quick.ts'

/** The plans that come with Gauntlet, by name. */
export const profiles: Readonly<Record<string, PlanInput>> = Object.freeze({
  quick,
  mnist: images28('mnist', 'mnist'),
  fashion: images28('fashion', 'fashion-mnist'),
  'probe-quick': probeQuick,
  'probe-depth-width': probeDepthWidth,
})
