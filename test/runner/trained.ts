import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { openStore } from '../../src/store/store.ts'
import { carriedOut } from './carried-out.ts'
import { tinyPlan } from './command.ts'

const [group] = tinyPlan.models

const results = carriedOut({
  name: 'one',
  models: [
    {
      ...group!,
      data: { name: 'glyphs' },
      training: { epochs: 1, batch: 100, learningRate: 0.01 },
      arms: [{ name: 'bp' }],
    },
  ],
  examples: 0,
})

/** A results folder with one trained model, and its id. */
export async function trained(t: ExecutionContext): Promise<{ folder: string; id: string }> {
  const folder = await results(t)
  const store = await openStore(join(folder, 'gauntlet.db'))
  const { id } = await store.selectFrom('model').select('id').executeTakeFirstOrThrow()
  await store.destroy()
  return { folder, id }
}
