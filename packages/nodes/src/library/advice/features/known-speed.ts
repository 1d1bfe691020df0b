import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Network } from '@graft/network'
import { z } from 'zod'
import type { NodeContext } from '../../../sdk/node-context.js'

const speed = z.object({ secondsPerImage: z.number().positive() })

/** Where it is kept what an image takes through a network on an engine: beside the features that were computed then. */
function fileOf({ provenance, layers }: Network, { cacheDirectory, engines }: Around): string {
  const name = createHash('sha256').update(`${provenance.source} ${layers.length} ${engines.forward.id}`).digest('hex')
  return join(cacheDirectory, 'speeds', `${name}.json`)
}

type Around = Pick<NodeContext, 'cacheDirectory' | 'engines'>

/** What an image took when most of them last went through this network; null: that is not known. */
export async function knownSpeed(trunk: Network, around: Around): Promise<number | null> {
  const text = await readFile(fileOf(trunk, around), 'utf8').catch(() => null)
  if (text === null) return null
  try {
    return speed.parse(JSON.parse(text)).secondsPerImage
  } catch {
    return null
  }
}

/** Keeps it for the next time; nothing is lost where that fails. */
export async function keepSpeed(trunk: Network, secondsPerImage: number, around: Around): Promise<number> {
  const file = fileOf(trunk, around)
  await mkdir(dirname(file), { recursive: true })
    .then(() => writeFile(file, JSON.stringify({ secondsPerImage })))
    .catch(() => {})
  return secondsPerImage
}
