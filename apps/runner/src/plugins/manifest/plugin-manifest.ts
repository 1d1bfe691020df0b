import { readFile, stat } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { textOf } from '@graft/errors'
import { pluginApiVersion } from '@graft/nodes/sdk'
import { z } from 'zod'
import { PluginError } from '../plugin-error.js'

export const pluginNamePattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/
/** package.json lies beside the plugins. */
export const reservedName = 'package'
const versionPattern = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/
const maximalBytes = 1_000_000

/** In `read`: the paths that a person wrote into the node's path parameters. */
export const pathsOfParams = '{params}'
/** In `read`: the folders of the images that arrive at the node's inputs. */
export const imagesOfInputs = '{inputs}'

/** Everything a plugin may do beyond computing; what is not asked for is denied. */
export const permissionsSchema = z.strictObject({
  /** Absolute paths, `~/...`, `{params}` or `{inputs}`. */
  read: z.array(z.string().min(1).max(1000)).max(50).readonly().default([]),
  network: z.boolean().default(false),
  childProcesses: z.boolean().default(false),
  memoryMegabytes: z.int().min(64).max(65_536).default(512),
  /** Longest time that one run of one of its nodes may take. */
  timeoutSeconds: z
    .int()
    .min(1)
    .max(7 * 86_400)
    .default(3600),
})
export type PluginPermissions = z.output<typeof permissionsSchema>

const manifestSchema = z.strictObject({
  name: z
    .string()
    .max(64)
    .regex(pluginNamePattern, 'expected lower-case words joined by "-", such as "csv-list"')
    .refine((name) => name !== reservedName, 'this name is reserved'),
  version: z.string().max(64).regex(versionPattern, 'expected a version such as "1.0.0"'),
  apiVersion: z.int().min(1),
  main: z.string().min(1).max(300).default('./index.js'),
  permissions: permissionsSchema.prefault({}),
})
export type PluginManifest = z.output<typeof manifestSchema>

const packageSchema = z.object({
  name: z.string().optional(),
  version: z.string().optional(),
  main: z.string().optional(),
  graft: z.record(z.string(), z.unknown()).optional(),
})

/**
 * Reads and checks the manifest of the plugin in a folder (`called` in messages): the field `graft` of package.json, or
 * graft-plugin.json. Throws PluginError.
 */
export async function readPluginManifest(folder: string, called = folder): Promise<PluginManifest> {
  const { file, json } = await findManifest(folder, called)
  const result = manifestSchema.safeParse(json)
  if (!result.success) {
    const issue = result.error.issues[0]
    const field = issue?.path.join('.') ?? ''
    throw new PluginError(
      'plugin-manifest',
      `The manifest in ${file} is not valid: ${field === '' ? '' : `"${field}": `}${issue?.message ?? 'unknown'}.`,
      'Correct it; docs/plugin-guide.md shows a complete one.',
    )
  }
  const manifest = result.data
  if (manifest.apiVersion !== pluginApiVersion) {
    const message = `Plugin "${manifest.name}" ${manifest.version} is written for version ${manifest.apiVersion} of the plugin API, and this Graft has version ${pluginApiVersion}.`
    throw new PluginError(
      'plugin-api',
      message,
      manifest.apiVersion > pluginApiVersion ? 'Update Graft.' : 'Ask for a newer version of the plugin.',
    )
  }
  await checkMain(folder, manifest)
  return manifest
}

async function findManifest(
  folder: string,
  called: string,
): Promise<{ readonly file: string; readonly json: unknown }> {
  const packageFile = join(folder, 'package.json')
  const parsed = packageSchema.safeParse((await readJson(packageFile)) ?? {})
  if (parsed.success && parsed.data.graft !== undefined) {
    const { name, version, main, graft } = parsed.data
    const unscoped = name?.replace(/^@[^/]*\//, '')
    return {
      file: packageFile,
      json: {
        ...(unscoped ? { name: unscoped } : {}),
        ...(version ? { version } : {}),
        ...(main ? { main } : {}),
        ...graft,
      },
    }
  }
  const file = join(folder, 'graft-plugin.json')
  const json = await readJson(file)
  if (json !== null) return { file, json }
  const there = await stat(folder).catch(() => null)
  const what = there?.isDirectory()
    ? `${called} is not a plugin: its package.json has no field "graft", and there is no graft-plugin.json.`
    : `There is no folder ${called}.`
  throw new PluginError(
    'plugin-manifest',
    what,
    "Name the plugin's folder, tarball or package; docs/plugin-guide.md shows what belongs into it.",
  )
}

async function readJson(file: string): Promise<unknown> {
  const found = await stat(file).catch(() => null)
  if (found === null || !found.isFile()) return null
  if (found.size > maximalBytes)
    throw new PluginError(
      'plugin-manifest',
      `${file} is ${found.size} bytes long; a manifest of at most ${maximalBytes} was expected.`,
      'Move what is not part of the manifest elsewhere.',
    )
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown
  } catch (error) {
    throw new PluginError('plugin-manifest', `${file} is not valid JSON: ${textOf(error)}.`, 'Correct the file.')
  }
}

async function checkMain(folder: string, { name, main }: PluginManifest): Promise<void> {
  const path = resolve(folder, main)
  const inside = path.startsWith(resolve(folder) + sep)
  const found = inside ? await stat(path).catch(() => null) : null
  if (found?.isFile()) return
  throw new PluginError(
    'plugin-manifest',
    `Plugin "${name}" names "${main}" as its main module, ${inside ? 'which is not there' : 'which lies outside its folder'}.`,
    'Set "main" to the file that exports the plugin, or build the plugin first.',
  )
}
