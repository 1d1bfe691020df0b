import { realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, resolve, sep } from 'node:path'
import type { DatasetValue, NodeManifest } from '@graft/graph-schema'
import { NodeError, readSamples } from '@graft/nodes'
import type { BlobStore, FingerprintContext } from '@graft/nodes'
import { pathsOfParams, imagesOfInputs } from '../manifest/plugin-manifest.js'
import type { PluginPermissions } from '../manifest/plugin-manifest.js'

const maximalFolders = 500

/**
 * Values of the node's path parameters, as written and as resolved (inside the data roots, where there are any). Empty
 * without the permission.
 */
export function pathsOf(
  params: Readonly<Record<string, unknown>>,
  manifest: NodeManifest,
  permissions: PluginPermissions,
  { resolvePath }: FingerprintContext,
): Record<string, string> {
  if (!permissions.read.includes(pathsOfParams)) return {}
  const fields = (manifest.params['properties'] ?? {}) as Readonly<Record<string, { readonly widget?: unknown }>>
  const written = Object.entries(fields)
    .filter(([, field]) => field.widget === 'path')
    .map(([name]) => params[name])
  return Object.fromEntries(
    written.flatMap((path) => (typeof path === 'string' && path !== '' ? [[path, resolvePath(path)]] : [])),
  )
}

/** Paths that a permission names literally. */
export function literalPaths({ read }: PluginPermissions): string[] {
  return read
    .filter((path) => path !== pathsOfParams && path !== imagesOfInputs)
    .map((path) => (path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path))
}

/** Whether an entry of `permissions.read` is something that can be granted. */
export function isReadPermission(path: string): boolean {
  return path === pathsOfParams || path === imagesOfInputs || path.startsWith('~/') || isAbsolute(path)
}

/** Folders of the images that arrive at the inputs. Throws NodeError when they lie in too many. */
export async function imageFolders(
  inputs: Readonly<Record<string, unknown>>,
  permissions: PluginPermissions,
  store: BlobStore,
): Promise<string[]> {
  if (!permissions.read.includes(imagesOfInputs)) return []
  const folders = new Set((await inputImages(inputs, store)).map((path) => dirname(path)))
  if (folders.size <= maximalFolders) return [...folders]
  throw new NodeError(
    null,
    `The images lie in ${folders.size} folders, and at most ${maximalFolders} can be opened to a plugin.`,
    'Bring them into fewer folders.',
  )
}

/** Paths of all images on disk that arrive at the inputs. */
export async function inputImages(inputs: Readonly<Record<string, unknown>>, store: BlobStore): Promise<string[]> {
  const datasets = Object.values(inputs).flat().filter(isDataset)
  const samples = await Promise.all(datasets.map((dataset) => readSamples(dataset, store)))
  return samples.flat().flatMap(({ path }) => (path === undefined ? [] : [path]))
}

function isDataset(value: unknown): value is DatasetValue {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'dataset'
}

/** Both ways to say a path: as given, and with links followed. */
export function withRealPaths(paths: readonly string[]): string[] {
  return paths.flatMap((path) => [resolve(path), realPath(path)])
}

/** Whether a path (links followed) lies in one of the granted files or folders. */
export function isGranted(path: string, granted: readonly string[]): boolean {
  const real = realPath(path)
  return granted.some((root) => real === root || real.startsWith(root.endsWith(sep) ? root : root + sep))
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}
