import type { Command } from 'commander'
import { UsageError } from '../errors.ts'
import { loadOwnAttacks } from '../own-attacks/load-folder.ts'
import type { Plan } from '../plans/plan.ts'
import { profiles } from '../plans/profiles/index.ts'
import { profilePlan, readPlan } from '../plans/read-plan.ts'
import { probeTable } from '../runner/probe-table.ts'
import type { PlanOutcome } from '../runner/run-plan.ts'
import { executionProbes } from '../store/queries/execution-probes.ts'
import type { Store } from '../store/store.ts'
import { examples } from './examples.ts'
import { type ExecuteOptions, executePlan, planCommand } from './execute-plan.ts'
import { profileList } from './profile-list.ts'
import { textTable } from './text-table.ts'

interface ProbeOptions extends ExecuteOptions {
  readonly plan: string
}

/** `gauntlet probe`: trains a plan's models and measures their gradients; nothing is attacked. */
export function probeCommand(): Command {
  const probing = Object.entries(profiles).filter(([, { probe }]) => probe)
  return planCommand('probe')
    .description('measure the gradients that a plan asks for: variance, bias, cosine, time')
    .option('--plan <file or profile>', 'YAML or JSON file, or a name below', 'probe-quick')
    .addHelpText(
      'after',
      `\nProfiles:\n${profileList(probing)}\n\n` +
        'Ctrl-C stops cleanly; the same command goes on where it stopped.',
    )
    .addHelpText(
      'after',
      examples(
        'gauntlet probe --plan probe-quick',
        'gauntlet probe --plan my-sweep.yaml --dry-run',
      ),
    )
    .action((options: ProbeOptions) => probe(options))
}

async function probe(options: ProbeOptions): Promise<void> {
  const { plan: name } = options
  if (options.attacks) await loadOwnAttacks(options.attacks)
  const whole = Object.hasOwn(profiles, name) ? profilePlan(name) : await readPlan(name)
  if (!whole.probe) {
    throw new UsageError(`invalid plan: ${name} probes nothing (add probe: { estimators: [...] })`)
  }
  const plan: Plan = { ...whole, attacks: [], examples: 0, corruptions: null, smoothing: null }
  const planWords = ['--plan', name]
  await executePlan({ command: 'probe', planWords, plan, report: printProbes }, options)
}

async function printProbes(store: Store, { nightlyId }: PlanOutcome): Promise<void> {
  const table = probeTable(await executionProbes(store, nightlyId))
  console.log(`\n${textTable(table, column => column > 2).join('\n')}`)
  console.log(
    '\nMeans over layers and seeds, geometric but for the cosines. Variance: relative to the squared',
  )
  console.log(
    'norm of the backprop gradient. bp: backprop gradient; smooth: gradient of the objective with',
  )
  console.log(
    'the noise. ≤: half of the layers or more have no bias that could be told. ms: one estimate of a',
  )
  console.log('layer; less var × ms is better.')
  console.log('\nOn the dashboard, Gradients shows these against depth, width, copies, σ and time.')
}
