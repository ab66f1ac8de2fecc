/**
 * Run by the build: puts `gauntlet` among the commands of node_modules, where npm puts those of
 * dependencies but not a checkout's own. `npx gauntlet` then starts at once and needs no network.
 */
import { chmod, mkdir, rm, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { commandFile, projectFolder } from './runner/project.ts'

const root = fileURLToPath(projectFolder)
const command = fileURLToPath(commandFile)
const link = join(root, 'node_modules', '.bin', 'gauntlet')

await chmod(command, 0o755)
await mkdir(dirname(link), { recursive: true })
await rm(link, { force: true })
await symlink(relative(dirname(link), command), link)
