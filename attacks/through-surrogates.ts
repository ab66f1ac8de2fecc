import type { Surrogate } from '../src/engine/spiking.ts'
import type { Attack } from './attack.ts'
import type { Observer } from './observer.ts'
import { type OpenRows, type Run, untilBroken } from './open-rows.ts'
import { verdicts } from './scores.ts'
import type { Victim } from './victim.ts'

/** One attack on the victim with one surrogate, or as it is. */
interface Part {
  readonly name: string
  readonly attack: Attack
  readonly surrogate?: Surrogate
}

/**
 * An attack on a spiking victim through several surrogates, one after the other, each on the
 * examples that those before it have left: an example withstands only where it withstands the
 * gradients of all of them. One that does comes back as the candidate with the smallest margin.
 * Attacks that ask for scores alone see no surrogate; they run once, at the end.
 *
 * Each surrogate adds the calls of its own run and one to see which examples are broken.
 *
 * @param attack what it is called and held against
 * @param pieces what it runs with each surrogate; several for a composed attack
 * @see Xu et al., "Attacking the spike", arXiv 2209.03358: what an attack finds depends on the
 * surrogate
 */
export function throughSurrogates(
  attack: Attack,
  pieces: readonly Attack[],
  surrogates: readonly Surrogate[],
): Attack {
  const parts = partsOf(pieces, surrogates)
  return {
    ...attack,
    config: { ...attack.config, surrogates },
    parts: parts.map(({ name }) => name),
    requires: [...attack.requires, 'surrogates'],
    run(victim, x, labels, random, observer) {
      const brokenBy = Array<string | null>(x.shape[0]!).fill(null)
      const crafted = untilBroken(x, labels, random, parts.length, (open, round) => {
        const part = parts[round]!
        const watched = observer?.part(part.name).rows(open.rows)
        const found = runPart(part, victim, open, watched)
        open.rows.forEach((row, at) => {
          if (found.success[at]) brokenBy[row] = part.name
        })
        return found
      })
      return { ...crafted, brokenBy }
    },
  }
}

/** Whether an attack follows gradients, so that surrogates matter to it. */
export function usesGradients({ requires }: Attack): boolean {
  return requires.includes('lossGradient')
}

function partsOf(pieces: readonly Attack[], surrogates: readonly Surrogate[]): Part[] {
  const alone = pieces.length === 1
  return [
    ...surrogates.flatMap(surrogate =>
      pieces.filter(usesGradients).map(attack => ({
        name: alone ? surrogate : `${surrogate} ${attack.name}`,
        attack,
        surrogate,
      })),
    ),
    ...pieces.filter(piece => !usesGradients(piece)).map(attack => ({ name: attack.name, attack })),
  ]
}

function runPart(
  { attack, surrogate }: Part,
  victim: Victim,
  open: OpenRows,
  observer: Observer | undefined,
): Run {
  const { x, labels, random } = open
  const target = surrogate ? victim.withSurrogate!(surrogate) : victim
  const { adversarial, queries } = attack.run(target, x, labels, random, observer)
  const values = Float32Array.from(adversarial.dataSync())
  adversarial.dispose()
  const truth = Array.from(labels.dataSync())
  const { margins, wrong } = verdicts(victim, values, x.shape.slice(1), truth)
  return {
    adversarial: values,
    success: wrong,
    queries: queries.map(count => count + 1),
    losses: margins.map(margin => -margin),
  }
}
