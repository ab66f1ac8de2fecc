import { readFile, rm } from 'node:fs/promises'
import { messageOf, WorkError } from '../errors.ts'
import type { CraftedSet, Keeper, Unclipped } from '../evaluation/attack-model.ts'
import {
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsContent,
} from '../training/safetensors.ts'
import { writeAtomically } from '../training/write-atomically.ts'
import { readRecorded, recordedTensors } from './recorded-tensors.ts'

const columns = ['linf', 'l2', 'l1', 'queries', 'brokenBy'] as const

/** Stores adversarial examples and what they cost. */
export async function writeExamples(
  file: string,
  crafted: CraftedSet,
  craftedOn: string,
  inputShape: readonly number[],
): Promise<void> {
  const shape = [crafted.queries.length]
  const bytes = encodeSafetensors({
    metadata: { format: 'gauntlet-examples-1', crafted_on: craftedOn },
    tensors: {
      adversarial: { shape: [...shape, ...inputShape], values: crafted.adversarial },
      ...Object.fromEntries(columns.map(name => [name, { shape, values: crafted[name] }])),
    },
  })
  await writeAtomically(file, bytes)
}

/** @throws WorkError if the file is missing or damaged */
export async function readExamples(file: string): Promise<CraftedSet> {
  const bytes = await readFile(file).catch(error => {
    throw new WorkError(`cannot read adversarial examples: ${file}: ${messageOf(error)}`)
  })
  const values = valuesIn(decodeSafetensors(bytes, file), file)
  return {
    adversarial: values('adversarial'),
    linf: values('linf'),
    l2: values('l2'),
    l1: values('l1'),
    queries: values('queries'),
    brokenBy: values('brokenBy'),
  }
}

/** What a job that was cut short has done, in a file that is removed in the end. */
export async function partialExamples(
  file: string,
  inputShape: readonly number[],
): Promise<Keeper & { remove(): Promise<void> }> {
  return {
    kept: await readPart(file),
    async keep({ adversarial, queries, brokenBy, recorded = [] }) {
      const shape = [queries.length]
      const { metadata, tensors } = recordedTensors(recorded)
      const bytes = encodeSafetensors({
        metadata: { format: 'gauntlet-partial-examples-1', ...metadata },
        tensors: {
          adversarial: { shape: [...shape, ...inputShape], values: adversarial },
          queries: { shape, values: queries },
          brokenBy: { shape, values: brokenBy },
          ...tensors,
        },
      })
      await writeAtomically(file, bytes)
    },
    remove: () => rm(file, { force: true }),
  }
}

/** Undefined where nothing was kept, or what was kept is damaged: the work starts afresh. */
async function readPart(file: string): Promise<Unclipped | undefined> {
  try {
    const content = decodeSafetensors(await readFile(file), file)
    const values = valuesIn(content, file)
    return {
      adversarial: values('adversarial'),
      queries: values('queries'),
      brokenBy: values('brokenBy'),
      recorded: readRecorded(content, values),
    }
  } catch {
    return undefined
  }
}

function valuesIn({ tensors }: SafetensorsContent, file: string): (name: string) => Float32Array {
  return name => {
    const tensor = tensors[name]?.values
    if (tensor instanceof Float32Array) return tensor
    throw new WorkError(`invalid adversarial examples: ${file}: tensor ${name} is missing`)
  }
}
