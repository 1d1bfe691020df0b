import { readFile } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import { textOf } from '@graft/errors'
import type { BlobStore } from '@graft/nodes'
import { z } from 'zod'
import { PluginError } from '../plugin-error.js'

const params = z.record(z.string(), z.unknown())

const examplesSchema = z.strictObject({
  /** Calls that must work: they are run to test a node. */
  examples: z
    .array(
      z.strictObject({
        node: z.string(),
        params: params.default({}),
        inputs: z.record(z.string(), z.unknown()).default({}),
      }),
    )
    .max(200),
  /** Params as older versions of a node wrote them: they must still be read. */
  past: z
    .array(z.strictObject({ node: z.string(), version: z.int().min(1), params }))
    .max(200)
    .default([]),
})
export type Examples = z.output<typeof examplesSchema>
export type Example = Examples['examples'][number]

/** Stands for the reference to a blob with the content of a file of the plugin. */
const fileBlob = z.strictObject({ $file: z.string(), mediaType: z.string().default('application/json') })

/** The plugin's conformance.json; no examples when there is none. Throws PluginError when it makes no sense. */
export async function readExamples(folder: string): Promise<Examples> {
  const text = await readFile(resolve(folder, 'conformance.json'), 'utf8').catch(() => null)
  if (text === null) return { examples: [], past: [] }
  try {
    return examplesSchema.parse(JSON.parse(text))
  } catch (error) {
    const issue =
      error instanceof z.ZodError
        ? `"${error.issues[0]?.path.join('.') ?? ''}": ${error.issues[0]?.message ?? ''}`
        : textOf(error)
    throw new PluginError(
      'plugin-examples',
      `conformance.json can't be read: ${issue}.`,
      'Correct it; docs/plugin-guide.md shows a complete one.',
    )
  }
}

/**
 * Inputs of an example with every `{ "$file": "fixtures/x.json" }` replaced by the reference of a blob in the store.
 */
export async function inputsOf(example: Example, folder: string, store: BlobStore): Promise<Record<string, unknown>> {
  return (await replaceFiles(example.inputs, folder, store)) as Record<string, unknown>
}

async function replaceFiles(value: unknown, folder: string, store: BlobStore): Promise<unknown> {
  const file = fileBlob.safeParse(value)
  if (file.success) return storeFile(file.data.$file, file.data.mediaType, folder, store)
  if (Array.isArray(value)) return Promise.all(value.map((item) => replaceFiles(item, folder, store)))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    await Promise.all(
      Object.entries(value).map(async ([key, item]) => [key, await replaceFiles(item, folder, store)] as const),
    ),
  )
}

async function storeFile(name: string, mediaType: string, folder: string, store: BlobStore): Promise<unknown> {
  const path = resolve(folder, name)
  if (!path.startsWith(resolve(folder) + sep))
    throw new PluginError(
      'plugin-examples',
      `conformance.json names "${name}", which lies outside the plugin.`,
      'Name a file of the plugin.',
    )
  const content = await readFile(path).catch((error: Error) => {
    throw new PluginError(
      'plugin-examples',
      `conformance.json names "${name}", which can't be read: ${error.message}.`,
      'Add the file.',
    )
  })
  return store.put(content, mediaType, name.split('/').at(-1))
}
