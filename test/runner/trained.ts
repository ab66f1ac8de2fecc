import type { ExecutionContext } from 'ava'
import { gauntlet, planFile, resultsOf, temporaryFolder, tinyPlan } from './command.ts'

/** A results folder with one trained model, and its id. */
export async function trained(t: ExecutionContext): Promise<{ folder: string; id: string }> {
  const folder = await temporaryFolder(t)
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
  const { status } = await gauntlet(
    ...['nightly', '--plan', await planFile(folder, plan), '--results', folder],
  )
  t.is(status, 0)
  const store = await resultsOf(t, folder)
  const { id } = await store.selectFrom('model').select('id').executeTakeFirstOrThrow()
  return { folder, id }
}
