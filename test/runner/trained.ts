import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { openStore } from '../../src/store/store.ts'
import { newFolder } from '../folder.ts'
import { gauntlet, planFile, temporaryFolder, tinyPlan } from './command.ts'

/** What the tests of a file start from: trained once, copied for each. */
let first: Promise<{ readonly folder: string; readonly id: string }> | undefined

test.after.always(async () => {
  if (first) await rm((await first).folder, { recursive: true, force: true })
})

/** A results folder with one trained model, and its id. */
export async function trained(t: ExecutionContext): Promise<{ folder: string; id: string }> {
  first ??= train()
  const { folder: from, id } = await first
  const folder = await temporaryFolder(t)
  await cp(from, folder, { recursive: true })
  return { folder, id }
}

async function train(): Promise<{ folder: string; id: string }> {
  const folder = await newFolder('trained')
  const [group] = tinyPlan.models
  const plan = {
    name: 'one',
    models: [
      {
        ...group!,
        data: { name: 'glyphs' },
        training: { epochs: 1, batch: 100, learningRate: 0.01 },
        arms: [{ name: 'bp' as const }],
      },
    ],
    examples: 0,
  }
  const { status, stderr } = await gauntlet(
    ...['nightly', '--plan', await planFile(folder, plan), '--results', folder],
  )
  if (status !== 0) throw new Error(stderr)
  const store = await openStore(join(folder, 'gauntlet.db'))
  const { id } = await store.selectFrom('model').select('id').executeTakeFirstOrThrow()
  await store.destroy()
  return { folder, id }
}
