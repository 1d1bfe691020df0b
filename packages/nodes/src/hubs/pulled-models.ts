import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { factsPath, forget, shownAddress } from '../downloads/index.js'
import type { ResolvedModel } from './hub.js'
import { isInUse, markInUse } from './models-in-use.js'

const pulledSchema = z.object({
  /** As in Load Backbone's `source`. */
  name: z.string(),
  /** The same with its revision. */
  label: z.string(),
  /** Of all files together, as Load Backbone's `sha256` takes it. */
  sha256: z.string(),
  files: z.array(
    z.object({ name: z.string(), address: z.string(), path: z.string(), bytes: z.number(), sha256: z.string() }),
  ),
  /** Kept answers of its hub, without which the name leads nowhere when there is no connection. */
  answers: z.array(z.string()).default([]),
  /** A person asked for it: it stays until a person removes it, whatever the cache may take. */
  kept: z.boolean().default(false),
})

/** A network that was fetched by its name, with its files. */
export type PulledModel = z.output<typeof pulledSchema>

interface Place {
  readonly cacheDirectory: string
}

const folderOf = ({ cacheDirectory }: Place): string => join(cacheDirectory, 'models')

const noteOf = (name: string, place: Place): string =>
  join(folderOf(place), `${createHash('sha256').update(name).digest('hex')}.json`)

/** The name that a network is kept under: the catalogue's, or that of its repository. */
export function pulledName({ network, label }: ResolvedModel): string {
  return network?.name ?? label.replace(/@.*$/, '')
}

/**
 * The name that what lies at an address is kept under: the address without its query, which may hold secrets; a few
 * digits of the whole address tell apart what differs there only.
 */
export function nameOfAddress(address: string): string {
  const { search } = new URL(address)
  const shown = shownAddress(new URL(address))
  return search === '' ? shown : `${shown}#${createHash('sha256').update(address).digest('hex').slice(0, 8)}`
}

/**
 * Notes what a name led to, and that this process needs it. What a person once asked to keep stays kept.
 */
export async function recordPulled(
  given: Omit<PulledModel, 'files'> & { readonly files: readonly PulledModel['files'][number][] },
  place: Place,
): Promise<void> {
  const path = noteOf(given.name, place)
  const model = { ...given, kept: given.kept || ((await readNote(path))?.kept ?? false) }
  await mkdir(folderOf(place), { recursive: true })
  const temporary = `${path}.${randomUUID()}.tmp`
  await writeFile(temporary, JSON.stringify(model))
  await rename(temporary, path)
  await markInUse(given.name, place.cacheDirectory)
}

/** The networks that were fetched by name and are still here, whole by their sizes; by name. */
export async function listPulled(place: Place): Promise<readonly PulledModel[]> {
  const notes = (await readdir(folderOf(place)).catch(() => [])).filter((name) => name.endsWith('.json'))
  const models = await Promise.all(notes.map((note) => readNote(join(folderOf(place), note))))
  return models.filter((model) => model !== null).toSorted(({ name: left }, { name: right }) => (left < right ? -1 : 1))
}

/** The network of this name; null when it isn't here. */
export function findPulled(name: string, place: Place): Promise<PulledModel | null> {
  return readNote(noteOf(name, place))
}

/** Whether a network of this name is here. */
export async function isHere(name: string, place: Place): Promise<boolean> {
  return (await findPulled(name, place)) !== null
}

/**
 * Every file of networks that a person asked to keep, or that a living process fetched or read: theirs, and what is noted
 * of them.
 */
export async function keptPaths(place: Place): Promise<ReadonlySet<string>> {
  const models = await listPulled(place)
  const needed = await Promise.all(
    models.map(async ({ name, kept }) => kept || (await isInUse(name, place.cacheDirectory))),
  )
  const kept = models.filter((_, index) => needed[index])
  return new Set(
    kept.flatMap(({ name, files, answers }) => [
      noteOf(name, place),
      ...[...files.map(({ path }) => path), ...answers].flatMap((path) => [path, factsPath(path)]),
    ]),
  )
}

/** Removes a network and its files; files of other programs stay. Null when there is none of this name. */
export async function removePulled(name: string, place: Place): Promise<PulledModel | null> {
  const model = await readNote(noteOf(name, place))
  if (model === null) return null
  const downloads = join(place.cacheDirectory, 'downloads')
  for (const { path } of model.files) if (path.startsWith(downloads)) await forget(path)
  await rm(noteOf(name, place), { force: true })
  return model
}

async function readNote(path: string): Promise<PulledModel | null> {
  try {
    const model = pulledSchema.parse(JSON.parse(await readFile(path, 'utf8')))
    const sizes = await Promise.all(model.files.map(async (file) => (await stat(file.path)).size === file.bytes))
    return sizes.every(Boolean) ? model : null
  } catch {
    return null
  }
}
