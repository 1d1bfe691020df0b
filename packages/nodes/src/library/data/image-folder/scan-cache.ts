import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { ImageCheck } from '../../../image-files/check-image.js'
import type { ListedFile } from '../../../image-files/list-files.js'
import type { NodeContext } from '../../../sdk/node-context.js'

const entrySchema = z.object({
  size: z.number(),
  state: z.string(),
  fingerprint: z.string(),
  check: z.discriminatedUnion('ok', [
    z.object({
      ok: z.literal(true),
      notes: z.array(z.string()),
      values: z.object({ from: z.number(), to: z.number() }).exactOptional(),
    }),
    z.object({ ok: z.literal(false), reason: z.string() }),
  ]),
})
const cacheSchema = z.record(z.string(), entrySchema)
type Entry = z.output<typeof entrySchema>

/** Files checked in some seconds. */
const savedAtOnce = 500
/** Of a folder with a million images, saving takes long itself; at most so much of the time goes into it. */
const shareOfSaving = 0.1

/** Results of checking files, by path; an entry counts only while the file's size and `state` are the same. */
export interface ScanCache {
  get(file: ListedFile): Pick<Entry, 'fingerprint' | 'check'> | undefined
  set(
    file: ListedFile,
    entry: {
      readonly fingerprint: string
      readonly check: ImageCheck
    },
  ): void
  /** Whether so much was set since it was last saved that losing it would hurt: whoever waits may be ended any time. */
  isDue(): boolean
  /**
   * Writes what was set since opening. After a complete scan, files that are gone are forgotten. A cache that can't be
   * written is only slower, so this never throws.
   */
  save(complete: boolean): Promise<void>
}

/**
 * Opens the cache of one folder; `variant` tells results apart that were made with other options or versions. A missing
 * or damaged file is an empty cache, and so is any when the person asked to read everything again.
 */
export async function openScanCache(
  { cacheDirectory, readAgain = false }: Pick<NodeContext, 'cacheDirectory' | 'readAgain'>,
  root: string,
  variant: string,
): Promise<ScanCache> {
  const folder = join(cacheDirectory, 'image-folder')
  const path = join(
    folder,
    `${createHash('sha256')
      .update(JSON.stringify([root, variant]))
      .digest('hex')
      .slice(0, 32)}.json`,
  )
  const known = readAgain ? {} : await readEntries(path)
  const current: Record<string, unknown> = {}
  let unsaved = 0
  let nextSave = 0
  return {
    get({ id, size, state }) {
      const entry = Object.hasOwn(known, id) ? known[id] : undefined
      return entry?.size === size && entry.state === state ? entry : undefined
    },
    set({ id, size, state }, { fingerprint, check }) {
      // Without a fingerprint the bytes were not read: a permission may have changed by the next time.
      if (fingerprint === '') return
      unsaved++
      Object.defineProperty(current, id, {
        value: { size, state, fingerprint, check },
        enumerable: true,
        configurable: true,
      })
    },
    isDue: () => unsaved >= savedAtOnce && performance.now() >= nextSave,
    async save(complete) {
      unsaved = 0
      // Until it is written, nobody else begins.
      nextSave = Number.POSITIVE_INFINITY
      const began = performance.now()
      const temporary = `${path}.${randomUUID()}`
      try {
        await mkdir(folder, { recursive: true })
        await writeFile(temporary, JSON.stringify(complete ? current : { ...known, ...current }))
        await rename(temporary, path)
      } catch {
        await rm(temporary, { force: true }).catch(() => undefined)
      }
      const took = performance.now() - began
      nextSave = began + took / shareOfSaving
    },
  }
}

async function readEntries(path: string): Promise<Readonly<Record<string, Entry>>> {
  try {
    return cacheSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return {}
  }
}
