import type { SequenceDataset } from '../dataset.ts'
import type { GeneratedSequencesRequest } from '../entry.ts'
import { specialTokens } from '../text/vocabulary.ts'
import { type MemoryTask, memorySet } from './memory-set.ts'

const digits = [...'01234'] as const
const firstDigit = specialTokens.length

/** Names of the nine classes of `adding`, in the order of their labels: the sums. */
export const addingClasses: readonly string[] = [...'012345678']

const task: MemoryTask = {
  name: 'adding',
  classes: addingClasses,
  vocabulary: [...specialTokens, ...digits, ...digits.map(digit => `${digit}*`)],
  variants: digits.length ** 2,
  write(pair, random, out) {
    for (let at = 0; at < out.length; at++) out[at] = firstDigit + random.integer(digits.length)
    const half = Math.floor(out.length / 2)
    const marked = (digit: number) => firstDigit + digits.length + digit
    const [first, second] = [Math.floor(pair / digits.length), pair % digits.length]
    out[random.integer(half)] = marked(first)
    out[half + random.integer(out.length - half)] = marked(second)
    return first + second
  },
}

/**
 * The embedded adding problem over digits: every token is a digit from 0 to 4, two of them are
 * marked, one anywhere in the first half (the first ⌊length / 2⌋ tokens), one anywhere in the
 * second; what is their sum? The id is 2 + digit + 5 · marked, so every id occurs; marked digits are
 * written `0*` to `4*`.
 *
 * Every 25 sequences in a row hold each pair of marked digits once. A sum s has the share
 * (5 − |s − 4|) / 25: the majority class 4 has 20 %, which is what a constant answer gets; 0 and 8
 * have 4 %, and drawing one of the nine at random is right in 11.1 %. More digits would make the
 * rarest sums rarer still. The counts of the marked digits determine the sum; what is hard is to keep
 * a digit over the steps between, for networks that read step by step.
 *
 * The original adds real numbers from [0, 1] and is a regression.
 *
 * Test accuracy after 4000 training sequences of 50 (1000 test sequences, seed 0): softmax regression
 * on word counts 47 % (10 epochs), a gated recurrent unit of 32 on embeddings of 16 54 % after two
 * epochs of Adam (learning rate 0.005, batches of 50), 98 % after four and 100 % after seven.
 *
 * @see Hochreiter and Schmidhuber, "Long short-term memory", 1997, experiment 4
 * @see Le, Jaitly and Hinton, "A simple way to initialize recurrent networks of rectified linear
 *   units", 2015, 4.1
 * @see Arjovsky, Shah and Bengio, "Unitary evolution recurrent neural networks", 2016, 4.2, for the
 *   halves
 */
export function adding(request: GeneratedSequencesRequest): SequenceDataset {
  return memorySet(task, request)
}
