import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Home } from '../../home.js'
import type { PluginManifest } from '../manifest/plugin-manifest.js'
import type { DescribedNode } from '../manifest/described-node.js'
import { PluginError } from '../plugin-error.js'
import { pluginsFolder, preparePluginsFolder } from './places.js'
import { installedNames, readRecord, removeRecord, writeRecord } from './records.js'
import type { PluginRecord } from './records.js'
import { findSource } from './source.js'
import { describeStaged, stagePlugin } from './stage-plugin.js'

export interface AddPluginOptions {
  readonly home: Pick<Home, 'root'>
  /** A folder, a tarball, or the name of a package. */
  readonly given: string
  readonly link: boolean
  /** Take the place of a plugin of the same name that came from elsewhere. */
  readonly replace: boolean
  /**
   * Shows what the plugin asks for and asks the person; nothing of the plugin has run yet. `before`: what is approved
   * for it now.
   */
  approve(manifest: PluginManifest, origin: string, before: PluginRecord | null): Promise<boolean>
}

/**
 * Installs a plugin: finds it, has its permissions approved, looks at its nodes, keeps it. Null when it was not
 * approved. Throws PluginError or NodeError; then everything is as before.
 */
export async function addPlugin(options: AddPluginOptions): Promise<PluginRecord | null> {
  const plugins = pluginsFolder(options.home)
  await preparePluginsFolder(plugins)
  // Beside the others, so that moving it there is one step; the dot keeps it from being taken for a plugin.
  const temporary = await mkdtemp(join(plugins, '.adding-'))
  try {
    const { folder, origin } = await findSource(options.given, temporary)
    if (options.link && folder !== origin)
      throw new PluginError('plugin-link', `${options.given} can't be linked: only a folder can.`, 'Leave out --link.')
    const staging = join(temporary, 'staged')
    await mkdir(staging)
    const staged = await stagePlugin(folder, staging, options.link, origin)
    const { name } = staged.manifest
    const before = await readRecord(plugins, name)
    refuseOtherOrigin(name, origin, before, options.replace)
    if (!(await options.approve(staged.manifest, origin, before === 'damaged' ? null : before))) return null
    const record = recordOf(
      staged.manifest,
      staged.plugin.contentHash,
      origin,
      options.link,
      await describeStaged(staged),
    )
    await removeRecord(plugins, name)
    await rm(join(plugins, name), { recursive: true, force: true })
    await rename(staged.plugin.folder, join(plugins, name))
    await writeRecord(plugins, record)
    return record
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

function refuseOtherOrigin(
  name: string,
  origin: string,
  before: PluginRecord | 'damaged' | null,
  replace: boolean,
): void {
  if (before === null || before === 'damaged' || replace || before.origin === origin) return
  throw new PluginError(
    'plugin-duplicate',
    `There is a plugin "${name}" already: version ${before.version} from ${before.origin}; this one comes from ${origin}.`,
    "If it is to take the other one's place, add it with --replace; else give one of them another name.",
  )
}

function recordOf(
  { name, version, main, permissions }: PluginManifest,
  contentHash: string,
  origin: string,
  linked: boolean,
  nodes: readonly DescribedNode[],
): PluginRecord {
  return {
    name,
    version,
    main,
    permissions,
    contentHash,
    approved: new Date().toISOString(),
    origin,
    linked,
    nodes: [...nodes],
  }
}

/** Whether a plugin asks for just what was approved before. */
export function asksForTheSame(manifest: PluginManifest, before: PluginRecord | null): boolean {
  return before !== null && isDeepStrictEqual(manifest.permissions, before.permissions)
}

/**
 * Removes a plugin and its approval; what a link points to stays. Throws PluginError when there is none of that name.
 */
export async function removePlugin(home: Pick<Home, 'root'>, name: string): Promise<void> {
  const plugins = pluginsFolder(home)
  const names = await installedNames(plugins)
  if (!names.includes(name))
    throw new PluginError(
      'plugin-unknown',
      `There is no plugin "${name.slice(0, 100)}".`,
      names.length === 0 ? 'No plugins are installed.' : `The plugins are ${names.join(', ')}.`,
    )
  await removeRecord(plugins, name)
  await rm(join(plugins, name), { recursive: true, force: true })
}
