import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import type { DatasetValue } from '@graft/graph-schema'
import { NodeError } from '../sdk/node-error.js'
import { createTestContext, type TestContext } from './test-context.js'
import { imageFolder } from '../library/data/image-folder.js'

let directory = ''
let folderNumber = 0

/** Makes the folder that all folders of a test file lie in. */
export async function openFolders(): Promise<string> {
  directory = await mkdtemp(join(tmpdir(), 'graft-image-folder-'))
  return directory
}
export const closeFolders = (): Promise<void> => rm(directory, { recursive: true, force: true })

/** Writes files below a fresh folder and returns its name. */
export async function folderOf(files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  const name = `folder-${folderNumber++}`
  await mkdir(join(directory, name))
  for (const [id, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name, id)), { recursive: true })
    await writeFile(join(directory, name, id), content)
  }
  return name
}

export async function scan(
  path: string,
  params: Readonly<Record<string, unknown>> = {},
  options: { readonly cacheDirectory?: string; readonly signal?: AbortSignal; readonly readAgain?: boolean } = {},
): Promise<{ images: DatasetValue; context: TestContext }> {
  const context = createTestContext({ directory, ...options })
  const { images } = await imageFolder.run({
    params: imageFolder.params.parse({ path, ...params }),
    inputs: {},
    context,
  })
  return { images: images as DatasetValue, context }
}

export async function failure(path: string, params: Readonly<Record<string, unknown>> = {}): Promise<NodeError> {
  const error = await scan(path, params).then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof NodeError) return error
  throw new Error(`expected a NodeError, got ${String(error)}`)
}

let shade = 0
/** A plain image, of another shade every time so that no two are copies. */
export function image(width = 24, height = 16): Sharp {
  shade += 1
  return sharp({ create: { width, height, channels: 3, background: { r: shade % 256, g: 120, b: (shade * 7) % 256 } } })
}
export const jpeg = (): Promise<Buffer> => image().jpeg().toBuffer()
export const png = (): Promise<Buffer> => image().png().toBuffer()
