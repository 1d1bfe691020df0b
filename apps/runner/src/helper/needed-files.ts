import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isGraftError, reasonOf } from '@graft/errors'
import type { NeededFile } from '@graft/graph-schema'
import { NodeError } from '@graft/nodes'
import type { NodeDefinition } from '@graft/nodes'
import { z } from 'zod'
import { hash } from '../cache/cache-key.js'
import { canonicalJson } from '../cache/canonical-json.js'
import { absolutePath } from '../executor/data-fence.js'
import { createPathResolver } from '../executor/resolve-path.js'
import { findHome } from '../home.js'
import { openBlobStore } from '../store/file-blob-store.js'
import { writeAtomically } from '../store/write-atomically.js'
import type { HelperCalls } from './helper-protocol.js'

type Ask = HelperCalls['neededFiles']['ask']
type Answer = HelperCalls['neededFiles']['answer']

const known = z.object({ list: z.string(), count: z.number(), bytes: z.number() })
type Known = z.output<typeof known>

/**
 * The files that a node reads: its fingerprint here, and an artifact with path, length and checksum of each. A list is
 * made once for a fingerprint, because every byte is read for it.
 * @throws NodeError when the files can't be listed, or change meanwhile
 */
export async function neededFiles(
  { type, params, base, roots }: Ask,
  library: readonly NodeDefinition[],
): Promise<Answer> {
  const definition = library.find((one) => one.type === type)
  if (definition?.reads === undefined || definition.fingerprint === undefined) return { files: null }
  const parsed = definition.params.parse(params)
  const seen = new Map<string, string>()
  const resolvePath = remembering(createPathResolver({ base, roots }), seen)
  const paths = await readable(definition, () => definition.reads?.(parsed, { resolvePath }) ?? Promise.resolve([]))
  if (paths.length === 0) return { files: null }
  const fingerprint = async (): Promise<string> =>
    (await definition.fingerprint?.(parsed, { resolvePath, cacheDirectory: findHome().derived })) ?? ''
  const before = await fingerprint()
  const listed = await listOnce(hash(canonicalJson([before, paths])), paths)
  if ((await fingerprint()) !== before)
    throw new NodeError(
      null,
      `The files that ${definition.title} reads were changed while they were listed.`,
      'Wait until nothing changes them any more, then run again.',
    )
  return { files: { fingerprint: before, paths: placesOf(seen, paths, base), ...listed } }
}

/** A path that is a link stands in the list under its own name, unless the list has what it leads to. */
function placesOf(seen: ReadonlyMap<string, string>, paths: readonly string[], base: string): Record<string, string> {
  const listed = new Set(paths)
  return Object.fromEntries(
    [...seen].map(([given, real]) => {
      const own = absolutePath(given, base)
      return [given, !listed.has(real) && listed.has(own) ? own : real]
    }),
  )
}

function remembering(resolvePath: (path: string) => string, seen: Map<string, string>): (path: string) => string {
  return (path) => {
    const real = resolvePath(path)
    seen.set(path, real)
    return real
  }
}

async function readable<Result>(definition: NodeDefinition, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (isGraftError(error)) throw error
    throw new NodeError(
      null,
      `What ${definition.title} reads can't be listed on the server: ${reasonOf(error)}.`,
      'Check its path.',
    )
  }
}

/** Lists whose artifact was removed meanwhile are made again. */
async function listOnce(key: string, paths: readonly string[]): Promise<Known> {
  const home = findHome()
  const store = openBlobStore(home.store)
  const file = join(home.derived, 'needed-files', `${key}.json`)
  const before = known.safeParse(
    await readFile(file, 'utf8').then(
      (text) => JSON.parse(text) as unknown,
      () => null,
    ),
  )
  if (before.success && (await store.has(before.data.list))) return before.data
  const entries: NeededFile[] = []
  for (const path of new Set(paths)) entries.push(await entryOf(path))
  const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')
  const { sha256: list } = await store.put(
    new TextEncoder().encode(text),
    'application/x-ndjson',
    'needed-files.ndjson',
  )
  const files = entries.filter((entry) => 'bytes' in entry)
  const made = { list, count: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) }
  await writeAtomically(file, JSON.stringify(made))
  return made
}

async function entryOf(path: string): Promise<NeededFile> {
  if ((await stat(path)).isDirectory()) return { folder: path }
  const sum = createHash('sha256')
  let bytes = 0
  for await (const part of createReadStream(path, { highWaterMark: 1 << 20 })) {
    sum.update(part as Buffer)
    bytes += (part as Buffer).byteLength
  }
  return { path, bytes, sha256: sum.digest('hex') }
}
