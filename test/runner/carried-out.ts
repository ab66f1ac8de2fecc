import { cp } from 'node:fs/promises'
import type { ExecutionContext } from 'ava'
import type { PlanInput } from '../../src/plans/plan.ts'
import { newFolder } from '../folder.ts'
import { type Ended, gauntlet, planFile, temporaryFolder } from './command.ts'

/** A plan that is carried out once for all tests of a file; each gets a copy of the results. */
export function carriedOut(plan: PlanInput): (t: ExecutionContext) => Promise<string> {
  let first: Promise<{ readonly folder: string; readonly ended: Ended }> | undefined
  const carryOut = async () => {
    const folder = await newFolder('results')
    const file = await planFile(folder, plan)
    return { folder, ended: await gauntlet('nightly', '--plan', file, '--results', folder) }
  }
  return async t => {
    first ??= carryOut()
    const { folder: from, ended } = await first
    t.like(ended, { stderr: '', status: 0 })
    const folder = await temporaryFolder(t)
    await cp(from, folder, { recursive: true })
    return folder
  }
}
