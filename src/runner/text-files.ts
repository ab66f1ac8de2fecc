import type { CraftedTextSet } from '../evaluation/judge-texts.ts'
import { encodeSafetensors } from '../training/safetensors.ts'
import { writeAtomically } from '../training/write-atomically.ts'
import { readTensors } from './stored-tensors.ts'

/** Stores texts as an attack left them: `tokens [n, length]` and `queries [n]`. */
export async function writeTexts(
  file: string,
  { tokens, queries }: CraftedTextSet,
  craftedOn: string,
): Promise<void> {
  const n = queries.length
  const bytes = encodeSafetensors({
    metadata: { format: 'gauntlet-texts-1', crafted_on: craftedOn },
    tensors: {
      tokens: { shape: [n, tokens.length / n], values: tokens },
      queries: { shape: [n], values: queries },
    },
  })
  await writeAtomically(file, bytes)
}

/** @throws WorkError if the file is missing or damaged */
export async function readTexts(file: string): Promise<CraftedTextSet> {
  const tensors = await readTensors(file, 'adversarial texts')
  return { tokens: tensors.integers('tokens'), queries: tensors.floats('queries') }
}
