import type { Attack } from '../../attacks/attack.ts'
import type { AttackRandom } from '../../attacks/attack-random.ts'
import type { ImageSplit } from '../data/dataset.ts'
import { WorkError } from '../errors.ts'
import type { CraftedSet, Outcome } from '../evaluation/attack-model.ts'
import { judgeRandomised, judgeUnattacked } from '../evaluation/judge-randomised.ts'
import type { AttackConfig } from '../plans/job-config.ts'
import type { LoadedVictim } from './workbench.ts'

/** What an attack job says about the noise of its victim. */
type Noisy = Pick<AttackConfig, 'seed'> & {
  readonly inference: NonNullable<AttackConfig['inference']>
}

/**
 * The attack on a model that keeps noise at inference. Its noise starts anew with every batch, from
 * the seed and the batch's first example, so an attack that was cut short goes on as it would have.
 * Within a batch, the noise of an example depends on its row.
 */
export function onNoise(attack: Attack, own: LoadedVictim, { seed, inference }: Noisy): Attack {
  const randomised = withNoise(own)
  return {
    ...attack,
    run(_, x, labels, random, observer) {
      const victim = randomised(inference.noise, seed, 'attack', batchName(random))
      return attack.run(victim, x, labels, random, observer)
    },
  }
}

/** Judges a model on the mean of fresh draws; what was crafted is undefined where nothing was. */
export function judgeNoisy(
  own: LoadedVictim,
  split: ImageSplit,
  { seed, inference, examples }: Noisy & Pick<AttackConfig, 'examples'>,
  crafted: CraftedSet | undefined,
): Outcome[] {
  const victim = withNoise(own)(inference.noise, seed, 'judge')
  return crafted
    ? judgeRandomised(victim, split, crafted, inference.draws)
    : judgeUnattacked(victim, split, examples, inference.draws)
}

/** A name that belongs to the seed and the first example of a batch. */
function batchName(random: AttackRandom): string {
  return String(random.rows([0]).uniforms('inference noise', 0, 1)[0])
}

function withNoise({ id, randomised }: LoadedVictim): NonNullable<LoadedVictim['randomised']> {
  if (randomised) return randomised
  throw new WorkError(`invalid model: ${id} has no sites to put noise on`)
}
