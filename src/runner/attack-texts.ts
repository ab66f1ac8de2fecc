import { createTextAttack } from '../../attacks/text/create-text-attack.ts'
import type { SequenceDataset } from '../data/dataset.ts'
import { attackText, type TextOutcome } from '../evaluation/attack-text.ts'
import { convergencePoints } from '../evaluation/convergence.ts'
import { judgeTexts } from '../evaluation/judge-texts.ts'
import { networkTextVictim } from '../evaluation/text-victim.ts'
import { isTextAttack } from '../plans/any-attack.ts'
import type { AttackConfig } from '../plans/job-config.ts'
import type { NewExample } from '../store/results.ts'
import type { AttackedExamples } from './attacked-examples.ts'
import { readTexts, writeTexts } from './text-files.ts'
import type { Workbench } from './workbench.ts'

/**
 * Judges a model on texts that were attacked, on it or on another model. Texts whose words are
 * replaced are kept in a file; vectors that are moved belong to the model and are not.
 */
export async function attackTexts(
  bench: Workbench,
  id: string,
  { attack, craftedBy, craftedOn, epsilon, examples, model, seed }: AttackConfig,
): Promise<AttackedExamples> {
  if (!attack || !isTextAttack(attack)) throw new Error(`no attack on texts: ${attack?.name}`)
  const { config, network, parameters } = (await bench.model(model))!
  const dataset = (await bench.dataset(config.data)) as SequenceDataset
  const victim = networkTextVictim(network, parameters, dataset.vocabulary)
  const made = createTextAttack(attack, epsilon)
  if (craftedBy) {
    if (made.space !== 'words') throw new Error(`no transfer of vectors: ${attack.name}`)
    const crafted = await readTexts(bench.results.examples(craftedBy))
    const judged = judgeTexts(made, victim, dataset, crafted)
    return { rows: judged.map(exampleRow), convergence: [] }
  }
  const { outcomes, tokens, recorded } = await attackText(
    made,
    victim,
    dataset,
    examples,
    seed,
    bench.onProgress,
  )
  if (made.space === 'words') {
    const queries = Float32Array.from(outcomes, outcome => outcome.queries)
    await writeTexts(bench.results.examples(id), { tokens, queries }, craftedOn)
  }
  const fates = outcomes.map(outcome => ({
    ...outcome,
    success: outcome.result === 'successful',
    brokenBy: 0,
  }))
  return {
    rows: outcomes.map(exampleRow),
    convergence: convergencePoints(recorded, [made.name], fates),
  }
}

function exampleRow(outcome: TextOutcome): NewExample {
  return {
    example: outcome.example,
    label: outcome.label,
    clean_prediction: outcome.cleanPrediction,
    adversarial_prediction: outcome.adversarialPrediction,
    success: outcome.result === 'successful' ? 1 : 0,
    queries: outcome.queries,
    words: outcome.words,
    changed_words: outcome.changedWords,
  }
}
