import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomically } from '../../store/write-atomically.js'
import { describedNode } from '../manifest/described-node.js'
import { permissionsSchema, pluginNamePattern, reservedName } from '../manifest/plugin-manifest.js'

const pluginRecord = z.object({
  name: z.string().regex(pluginNamePattern),
  version: z.string(),
  main: z.string(),
  /** What was approved, and for which content: another version or any changed byte needs a new approval. */
  permissions: permissionsSchema,
  contentHash: z.string(),
  approved: z.string(),
  /** The folder, tarball or package it was added from. */
  origin: z.string(),
  linked: z.boolean(),
  /** As the plugin described them when it was added, so that listing nodes starts no plugin. */
  nodes: z.array(describedNode),
})
export type PluginRecord = z.output<typeof pluginRecord>

const recordFile = (folder: string, name: string): string => join(folder, `${name}.json`)

/** The record of a plugin, `null` when there is none, `damaged` when its file makes no sense. */
export async function readRecord(folder: string, name: string): Promise<PluginRecord | 'damaged' | null> {
  const text = await readFile(recordFile(folder, name), 'utf8').catch(() => null)
  if (text === null) return null
  try {
    const parsed = pluginRecord.safeParse(JSON.parse(text))
    return parsed.success && parsed.data.name === name ? parsed.data : 'damaged'
  } catch {
    return 'damaged'
  }
}

export function writeRecord(folder: string, record: PluginRecord): Promise<void> {
  return writeAtomically(recordFile(folder, record.name), `${JSON.stringify(record, null, 2)}\n`)
}

export async function removeRecord(folder: string, name: string): Promise<void> {
  await rm(recordFile(folder, name), { force: true })
}

/** Names of everything that lies in the plugins folder, approved or not. */
export async function installedNames(folder: string): Promise<readonly string[]> {
  const entries: readonly string[] = await readdir(folder).catch(() => [])
  const names = entries
    .map((entry) => entry.replace(/\.json$/, ''))
    .filter((name) => pluginNamePattern.test(name) && name !== reservedName)
  return [...new Set(names)].sort()
}
