import { copyFile, mkdir, symlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { PluginLimits } from '../host/limits.js'
import { PluginProcess } from '../host/plugin-process.js'
import { pluginDescription } from '../manifest/described-node.js'
import type { DescribedNode } from '../manifest/described-node.js'
import { readPluginManifest } from '../manifest/plugin-manifest.js'
import type { PluginManifest } from '../manifest/plugin-manifest.js'
import { isReadPermission } from '../node/grants.js'
import type { InstalledPlugin } from '../node/proxy-node.js'
import { PluginError } from '../plugin-error.js'
import { hashPluginFolder, listPluginFiles } from './list-files.js'
import { preparePluginsFolder } from './places.js'

/** A plugin in a folder where it can be started; no one has approved it yet, so it gets nothing to read but itself. */
export interface StagedPlugin {
  readonly manifest: PluginManifest
  readonly plugin: InstalledPlugin
}

/**
 * Copies (or links) the plugin in `source` into the plugins folder `plugins`, which must not hold one of that name.
 * Starts nothing. Throws PluginError.
 */
export async function stagePlugin(
  source: string,
  plugins: string,
  link: boolean,
  called = source,
): Promise<StagedPlugin> {
  const manifest = await readPluginManifest(source, called)
  const { name, version, permissions, main } = manifest
  const wrong = permissions.read.find((path) => !isReadPermission(path))
  if (wrong !== undefined)
    throw new PluginError(
      'plugin-manifest',
      `Plugin "${name}" asks to read "${wrong}"; an absolute path, ~/..., {params} or {inputs} was expected. Its own folder it may read anyway.`,
      'Correct permissions.read in its manifest.',
    )
  await preparePluginsFolder(plugins)
  const folder = join(plugins, name)
  if (link) await symlink(resolve(source), folder, 'dir')
  else await copyPlugin(source, folder)
  const contentHash = await hashPluginFolder(resolve(link ? source : folder))
  return {
    manifest,
    plugin: { name, version, permissions, folder, main: resolve(folder, main), linked: link, contentHash },
  }
}

async function copyPlugin(source: string, folder: string): Promise<void> {
  for (const { path } of await listPluginFiles(source)) {
    const target = join(folder, ...path.split('/'))
    await mkdir(dirname(target), { recursive: true })
    await copyFile(join(source, ...path.split('/')), target)
  }
}

/**
 * Starts a staged plugin, with the rights it asks for but nothing to read beyond itself, and asks for its nodes. Throws
 * NodeError or PluginError, naming it.
 */
export async function describeStaged(
  { plugin }: StagedPlugin,
  limits: Partial<PluginLimits> = {},
): Promise<readonly DescribedNode[]> {
  const running = await PluginProcess.start(plugin, [], limits)
  try {
    const described = pluginDescription.safeParse(await running.call({ method: 'describe' }))
    if (!described.success) {
      const issue = described.error.issues[0]
      throw new PluginError(
        'plugin-nodes',
        `Plugin "${plugin.name}" ${plugin.version} describes its nodes wrongly: "${issue?.path.join('.') ?? ''}": ${issue?.message ?? 'unknown'}.`,
        'Correct the node; docs/plugin-guide.md shows a complete one.',
      )
    }
    refuseTwice(described.data.nodes, plugin)
    return described.data.nodes
  } finally {
    await running.stop()
  }
}

function refuseTwice(nodes: readonly DescribedNode[], { name, version }: InstalledPlugin): void {
  const types = nodes.map(({ manifest }) => manifest.type)
  const twice = types.find((type, index) => types.indexOf(type) !== index)
  if (twice === undefined) return
  const [first, second] = nodes.filter(({ manifest }) => manifest.type === twice).map(({ manifest }) => manifest.title)
  throw new PluginError(
    'plugin-duplicate',
    `Plugin "${name}" ${version} defines the node type "${twice}" twice: as "${first ?? ''}" and as "${second ?? ''}".`,
    'Rename one of them.',
  )
}
