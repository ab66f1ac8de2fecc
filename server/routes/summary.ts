import type { RequestHandler } from 'express'
import { z } from 'zod'
import { attackChoices, modelChoices, probeChoices } from '../../src/store/queries/choices.ts'
import { counts } from '../../src/store/queries/counts.ts'
import type { Store } from '../../src/store/store.ts'
import { sendJson } from '../json.ts'
import { nightlyState } from '../nightly-state.ts'
import { parsed } from '../problem.ts'
import type { Summary } from '../schemas/summary.ts'

/** `GET /summary`: how much there is, what can be chosen, and how the latest nightly fares. */
export function summary(store: Store): RequestHandler {
  return async (request, response) => {
    parsed(z.strictObject({}), request.query)
    const [models, attacks, probes] = await Promise.all([
      modelChoices(store),
      attackChoices(store),
      probeChoices(store),
    ])
    const keys = unique(models.map(row => JSON.stringify([row.dataset, row.architecture])))
    const groups = keys.map(key => {
      const [dataset, architecture] = JSON.parse(key) as [string, string]
      const here = (row: { dataset: string; architecture: string }) =>
        row.dataset === dataset && row.architecture === architecture
      const own = models.filter(here)
      return {
        dataset,
        architecture,
        arms: unique(own.map(row => row.arm)),
        models: own.reduce((sum, row) => sum + row.models, 0),
        norms: unique(attacks.filter(here).map(row => row.norm)),
        attacks: unique(attacks.filter(here).map(row => row.attack)),
        probes: probes.find(here)?.probes ?? 0,
      }
    })
    sendJson(response, {
      counts: await counts(store),
      groups,
      datasets: unique(models.map(row => row.dataset)),
      architectures: unique(models.map(row => row.architecture)),
      arms: unique(models.map(row => row.arm)),
      norms: unique(attacks.map(row => row.norm)),
      attacks: unique(attacks.map(row => row.attack)),
      engines: unique(models.map(row => row.engine)),
      nightly: await nightlyState(store),
    } satisfies Summary)
  }
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].sort()
}
