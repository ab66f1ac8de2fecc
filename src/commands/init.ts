import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import { messageOf, UsageError, WorkError } from '../errors.ts'
import { profiles } from '../plans/profiles/index.ts'
import { planFile } from '../plans/write-plan.ts'
import { examples } from './examples.ts'
import { quoted } from './option-values.ts'
import { profileList } from './profile-list.ts'

interface InitOptions {
  readonly profile: string
  readonly list?: true
  readonly force?: true
}

/** `gauntlet init`: writes a plan that comes with Gauntlet into a file to be changed. */
export function initCommand(): Command {
  return new Command('init')
    .description('write a plan file of your own, made from a profile')
    .argument('[folder]', 'where to', '.')
    .option('--profile <name>', 'the plan to start from', 'quick')
    .option('--list', 'list the profiles and write nothing')
    .option('--force', 'overwrite a file that is there')
    .addHelpText('after', '\nThe file is named after the profile, e.g. quick.yaml.')
    .addHelpText('after', examples('gauntlet init', 'gauntlet init plans --profile mnist'))
    .action((folder: string, options: InitOptions) => init(folder, options))
}

async function init(folder: string, { profile, list, force }: InitOptions): Promise<void> {
  if (list) {
    console.log(profileList(Object.entries(profiles)))
    return
  }
  const plan = Object.hasOwn(profiles, profile) ? profiles[profile] : undefined
  if (!plan) {
    throw new UsageError(`unknown profile: ${profile} (choose ${Object.keys(profiles).join(', ')})`)
  }
  const file = join(folder, `${profile}.yaml`)
  const command = `npx gauntlet nightly --plan ${quoted(file)}`
  const text = planFile(plan, [
    `A plan for Gauntlet, made from the profile ${profile}. Give it a name of its own and change it.`,
    `Check it with: ${command} --dry-run`,
  ])
  await write(file, text, { folder, force: force === true })
  console.log(`Wrote ${file}. To see its jobs, type:\n  ${command} --dry-run`)
}

async function write(
  file: string,
  text: string,
  { folder, force }: { readonly folder: string; readonly force: boolean },
): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(file, text, { flag: force ? 'w' : 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' && !force) {
      throw new UsageError(`invalid file: ${file} is there already (--force overwrites it)`)
    }
    throw new WorkError(`cannot write ${file}: ${messageOf(error)}`, { cause: error })
  }
}
