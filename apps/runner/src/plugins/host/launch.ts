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

/**
 * The command that starts a plugin's process: Node under its permission model, with everything else this system offers
 * around it. `readable` is added to what a plugin always may read.
 */
export function launchPlugin(plugin: PluginFiles, readable: readonly string[]): Launch {
  const { permissions } = plugin
  const program = childProgram()
  const reads = outermost([...ownFiles(plugin), ...graftFiles(program), ...readable].map(granted)).map(
    (path) => `--allow-fs-read=${path}`,
  )
  const { withoutNetwork, diesWithParent, writesNothing } = isolationTools()
  const words = [
    ...(permissions.network ? [] : (withoutNetwork ?? [])),
    ...(permissions.childProcesses ? [] : (writesNothing ?? [])),
    ...(diesWithParent ?? []),
    process.execPath,
    ...permissionFlags(permissions),
    ...(knows('--disable-sigusr1') ? ['--disable-sigusr1'] : []),
    ...reads,
    ...(plugin.linked ? ['--preserve-symlinks'] : []),
    `--max-old-space-size=${permissions.memoryMegabytes}`,
    // V8's own switches can write files; from the start on they can't be changed any more, by whatever way.
    '--freeze-flags-after-init',
    '--expose-gc',
    '--no-warnings',
    program,
  ]
  const [command = process.execPath, ...rest] = words
  return { command, words: rest, environment: bareEnvironment(), folder: plugin.folder }
}

const knows = (flag: string): boolean => process.allowedNodeEnvironmentFlags.has(flag)

/** Node 20 to 22 call the switch experimental; rights that a version doesn't know can't be given (nor taken) there. */
function permissionFlags({ network, childProcesses }: PluginPermissions): string[] {
  const on = knows('--permission') ? '--permission' : '--experimental-permission'
  return [
    on,
    ...(childProcesses
      ? ['--allow-child-process', ...(knows('--allow-addons') ? ['--allow-addons'] : []), '--allow-worker']
      : []),
    ...(network && knows('--allow-net') ? ['--allow-net'] : []),
  ]
}

/**
 * Nothing of the person's environment (tokens, NODE_OPTIONS, LD_PRELOAD) but language and time zone; PATH only finds
 * unshare and setpriv.
 */
function bareEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'LANG', 'LC_ALL', 'TZ', 'SystemRoot'].flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]]],
  )
  return Object.fromEntries(kept) as NodeJS.ProcessEnv
}

function ownFiles({ folder }: PluginFiles): string[] {
  const around = dirname(folder)
  return [folder, join(around, 'node_modules'), join(around, 'package.json')]
}

/** The code that the process itself consists of: this program, the SDK, and what the SDK imports. */
function graftFiles(program: string): string[] {
  const plugins = dirname(dirname(program))
  const packages = ['@graft/nodes', '@graft/graph-schema', '@graft/errors', 'zod'].flatMap(packageFolders)
  // Node looks for the package.json that says "module" in every folder on the way up.
  const scopes = [plugins, dirname(plugins), dirname(dirname(plugins))].map((folder) => join(folder, 'package.json'))
  return [join(plugins, 'child'), join(plugins, 'protocol'), ...scopes, ...packages]
}

/**
 * Where a package's files are, and every place where Node looks for it on the way there: Node before 20.19 fails at
 * those that it may not look at.
 */
function packageFolders(name: string): string[] {
  return [import.meta.url, sdkModule()].flatMap((from) => {
    const lookedAt = (createRequire(from).resolve.paths(name) ?? []).map((folder) => join(folder, ...name.split('/')))
    const found = lookedAt.findIndex((folder) => existsSync(folder))
    return lookedAt
      .slice(0, found + 1)
      .map((folder, index) => (index === found ? [folder, realpathSync(folder)] : [folder]))
      .flat()
  })
}

/** File of the SDK that plugins import as `@graft/nodes/sdk`. */
export function sdkModule(): string {
  return createRequire(import.meta.url).resolve('@graft/nodes/sdk')
}

/** The program of a plugin's process. Tests run from the sources; a process needs the compiled files. */
function childProgram(): string {
  const beside = fileURLToPath(new URL('../child/main.mjs', import.meta.url))
  if (existsSync(beside)) return beside
  const compiled = beside.replace(`${sep}src${sep}plugins${sep}`, `${sep}dist${sep}plugins${sep}`)
  if (existsSync(compiled)) return compiled
  throw new PluginError('plugin-host', `${compiled} is missing.`, 'Run `npm run build`.')
}

/**
 * A folder grants what is in it, a file itself. In a flag `*` stands for anything, and old versions of Node split at
 * commas: such paths would grant others.
 */
function granted(path: string): string {
  if (/[*,]/.test(path))
    throw new PluginError(
      'plugin-path',
      `The path ${path} can't be opened to a plugin, because it contains "*" or ",".`,
      'Rename the file or folder.',
    )
  return isDirectory(path) && !path.endsWith(sep) ? path + sep : path
}

/**
 * Leaves out what lies in a folder that is granted anyway: Node before 20.12 forgets the folder when something in it is
 * granted too.
 */
function outermost(paths: readonly string[]): string[] {
  const all = [...new Set(paths)]
  return all.filter((path) => !all.some((other) => other !== path && other.endsWith(sep) && path.startsWith(other)))
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
