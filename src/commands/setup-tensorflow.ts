import { spawn } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command, Option } from 'commander'
import { buildBinding, provideBindingPackage } from '../engine/setup/binding.ts'
import { provideLibrary } from '../engine/setup/library.ts'
import { requireBuildTools, requirePlatform } from '../engine/setup/requirements.ts'
import { run } from '../engine/setup/shell.ts'
import { WorkError } from '../errors.ts'
import { commandFile, projectFolder } from '../runner/project.ts'
import { examples } from './examples.ts'

const project = fileURLToPath(projectFolder)

interface SetupOptions {
  readonly cuda?: boolean
  readonly rebuild?: boolean
  readonly folder: string
}

/** `gauntlet setup-tensorflow`: builds engine tensorflow against the library inside PyPI's wheel. */
export function setupTensorflowCommand(): Command {
  return new Command('setup-tensorflow')
    .description("build engine tensorflow against the C library inside PyPI's TensorFlow wheel")
    .option('--cuda', "take the wheel with CUDA (untested; needs NVIDIA's CUDA and cuDNN)")
    .option('--rebuild', 'build the binding again even where it works')
    .addOption(
      new Option('--folder <folder>', 'where the library is kept').default(
        path.join(project, '.tensorflow'),
        ".tensorflow in Gauntlet's folder",
      ),
    )
    .addHelpText(
      'after',
      '\nNeeds python3 with pip, g++, make and 1.5 GB of disk space. After `npm ci` run\n' +
        'it again: the library is kept, only the binding is compiled anew.',
    )
    .addHelpText('after', examples('gauntlet setup-tensorflow'))
    .action(setupTensorflow)
}

async function setupTensorflow({ cuda = false, rebuild, folder }: SetupOptions): Promise<void> {
  const report = (line: string) => console.log(line)
  if (!rebuild && !cuda && (await bindingWorks())) {
    report('engine tensorflow is there already')
  } else {
    requirePlatform()
    await requireBuildTools()
    const library = await provideLibrary({ folder: path.resolve(folder), cuda, report })
    report(`building the binding against ${path.basename(library)}`)
    await buildBinding(await provideBindingPackage(project), library)
  }
  const status = await doctor()
  if (status !== 0) throw new WorkError('engine tensorflow was built but does not work: see above')
}

/** Asked in a process of its own, since an engine that was started cannot be replaced. */
async function bindingWorks(): Promise<boolean> {
  const engine = new URL('build/src/engine/engine.js', projectFolder)
  const script = `import(${JSON.stringify(engine.href)}).then(m => m.startEngine('tensorflow'))`
  return (await run(process.execPath, ['--eval', script])).status === 0
}

function doctor(): Promise<number> {
  const args = [fileURLToPath(commandFile), 'doctor', '--engine', 'tensorflow']
  return new Promise(resolve => {
    const child = spawn(process.execPath, args, { stdio: 'inherit' })
    child.on('close', status => resolve(status ?? 1))
  })
}
