import { existsSync, realpathSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PluginPermissions } from '../manifest/plugin-manifest.js'
import { PluginError } from '../plugin-error.js'
import { isolationTools } from './isolation-tools.js'

/** A plugin as it lies on disk, ready to be started. */
export interface PluginFiles {
  readonly name: string
  readonly version: string
  readonly permissions: PluginPermissions
  /** Its folder as its modules see it; see install/places.ts. */
  readonly folder: string
  /** Main module, absolute. */
  readonly main: string
  /** The folder is a link to where the plugin is developed. */
  readonly linked: boolean
}

export interface Launch {
  readonly command: string
  readonly words: readonly string[]
  readonly environment: NodeJS.ProcessEnv
  readonly folder: string
}

/** The command that starts a plugin's process: Node under its permission model, with everything else this system offers around it. `readable` is added to what a plugin always may read. */
export function launchPlugin(plugin: PluginFiles, readable: readonly string[]): Launch {
  const { permissions } = plugin
  const program = childProgram()
  const reads = [...ownFiles(plugin), ...graftFiles(program), ...readable].flatMap(readFlags)
  const { withoutNetwork, diesWithParent } = isolationTools()
  const words = [
    ...(permissions.network ? [] : (withoutNetwork ?? [])), ...(diesWithParent ?? []), process.execPath,
    ...permissionFlags(permissions), ...new Set(reads), ...(plugin.linked ? ['--preserve-symlinks'] : []),
    `--max-old-space-size=${permissions.memoryMegabytes}`, '--no-warnings', program,
  ]
  const [command = process.execPath, ...rest] = words
  return { command, words: rest, environment: bareEnvironment(), folder: plugin.folder }
}

/** Node 20 to 22 call the switch experimental; rights that a version doesn't know can't be given (nor taken) there. */
function permissionFlags({ network, childProcesses }: PluginPermissions): string[] {
  const knows = (flag: string): boolean => process.allowedNodeEnvironmentFlags.has(flag)
  const on = knows('--permission') ? '--permission' : '--experimental-permission'
  return [
    on, ...(childProcesses ? ['--allow-child-process', ...(knows('--allow-addons') ? ['--allow-addons'] : []), '--allow-worker'] : []), ...(network && knows('--allow-net') ? ['--allow-net'] : []),
  ]
}

/** Nothing of the person's environment (tokens, NODE_OPTIONS, LD_PRELOAD) but language and time zone; PATH only finds unshare and setpriv. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'LANG', 'LC_ALL', 'TZ', 'SystemRoot'].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))
  return Object.fromEntries(kept) as NodeJS.ProcessEnv
}

function ownFiles({ folder }: PluginFiles): string[] {
  const around = dirname(folder)
  return [folder, join(around, 'node_modules'), join(around, 'package.json')]
}

/** The code that the process itself consists of: this program, the SDK, and what the SDK imports. */
function graftFiles(program: string): string[] {
  const plugins = dirname(dirname(program))
  const packages = ['@graft/nodes', '@graft/graph-schema', 'zod'].flatMap(packageFolders)
  const runner = dirname(dirname(plugins))
  return [join(plugins, 'child'), join(plugins, 'protocol'), join(runner, 'package.json'), ...packages]
}

/** Where a package's files are, and every place where Node looks for it on the way there. */
function packageFolders(name: string): string[] {
  const lookedAt = [import.meta.url, sdkModule()].flatMap((from) => createRequire(from).resolve.paths(name) ?? []).map((folder) => join(folder, ...name.split('/')))
  return lookedAt.flatMap((folder) => (existsSync(folder) ? [folder, realpathSync(folder)] : []))
}

/** File of the SDK that plugins import as `@graft/nodes/sdk`. */
export function sdkModule(): string {
  return createRequire(import.meta.url).resolve('@graft/nodes/sdk')
}

/** Tests run from the sources; a process needs the compiled files. */
function childProgram(): string {
  const beside = fileURLToPath(new URL('../child/main.js', import.meta.url))
  if (existsSync(beside)) return beside
  const compiled = beside.replace(`${sep}src${sep}plugins${sep}`, `${sep}dist${sep}plugins${sep}`)
  if (existsSync(compiled)) return compiled
  throw new PluginError('plugin-host', `${compiled} is missing.`, 'Run `npm run build`.')
}

/** A folder grants what is in it, a file itself. In a flag `*` stands for anything, and old versions of Node split at commas: such paths would grant others. */
function readFlags(path: string): string[] {
  if (/[*,]/.test(path)) throw new PluginError('plugin-path', `The path ${path} can't be opened to a plugin, because it contains "*" or ",".`, 'Rename the file or folder.')
  const directory = isDirectory(path)
  return [`--allow-fs-read=${directory && !path.endsWith(sep) ? path + sep : path}`]
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
