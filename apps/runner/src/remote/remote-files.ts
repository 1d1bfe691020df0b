import { existsSync, realpathSync } from 'node:fs'
import { isAbsolute, join, normalize, resolve } from 'node:path'
import { neededFileSchema } from '@graft/graph-schema'
import type { NeededFile, NeededFiles } from '@graft/graph-schema'
import { NodeError } from '@graft/nodes'
import type { BlobStore, NodeDefinition } from '@graft/nodes'
import { isInsideRoots } from '../executor/data-fence.js'
import { formatBytes } from '../text/format-values.js'
import { fillTree } from './mirror.js'
import type { PathTranslation } from './remote-cache.js'
import type { ServerClient } from './server-client.js'
import { mirrorPlaces, useTree } from './tidy-mirror.js'

export interface RemoteFilesOptions {
  readonly client: ServerClient
  readonly lease: string
  readonly store: BlobStore
  /** Folder on this machine for files of servers. */
  readonly mirror: string
  /** Folder of the server's machine that relative paths start from. */
  readonly base: string
  /** Folders that are the same here and there: what lies in them is read in place. */
  readonly mounted: readonly string[]
  /** Most bytes that one node may read. */
  readonly limitBytes: number
}

/** A server that takes longer to list files says so after a minute, and is asked again. */
const listTimeout = 120_000
/** So often a tree is said to be in use while the run goes on. */
const useMilliseconds = 3600_000

/**
 * The files that nodes of a leased run read: they lie with the server, and come here before the node needs them. Names
 * by which results are kept are the server's, so that all machines find the same ones.
 */
export class RemoteFiles {
  private readonly trees: string[] = []
  private readonly places = new Map<string, string>()

  constructor(private readonly options: RemoteFilesOptions) {}

  /**
   * The fingerprint of what a node reads on the server, once its files are here; null when it reads none there. Throws
   * GraftError.
   */
  async fingerprint(
    { type, title }: Pick<NodeDefinition, 'type' | 'title'>,
    params: Readonly<Record<string, unknown>>,
    say: (message: string) => void,
  ): Promise<string | null> {
    const { client, lease } = this.options
    const { files } = await client.call('findNeededFiles', {
      params: { lease },
      json: { type, params },
      timeout: listTimeout,
    })
    if (files === null) return null
    await this.bring(files, title, say)
    for (const [given, place] of Object.entries(files.paths)) this.places.set(given, place)
    return files.fingerprint
  }

  private async bring(
    { list, bytes }: NonNullable<NeededFiles['files']>,
    title: string,
    say: (message: string) => void,
  ): Promise<void> {
    const { client, lease, store, mirror, limitBytes } = this.options
    const places = mirrorPlaces(mirror)
    const tree = join(places.trees, list)
    if (this.trees.includes(tree)) return
    const entries = parseList(await store.get(list)).filter((entry) => !this.isMounted(pathOf(entry)))
    const needed = entries.reduce((sum, entry) => sum + ('bytes' in entry ? entry.bytes : 0), 0)
    if (needed > limitBytes)
      throw new NodeError(
        null,
        `${title} reads ${formatBytes(needed)} that lie with the server, and this worker takes at most ${formatBytes(limitBytes)}.`,
        'Mount the folder on this machine at the same path and start the worker with --mounted FOLDER, or raise --data-limit.',
      )
    if (entries.length > 0) {
      await this.use(list)
      await fillTree(
        entries,
        { tree, objects: places.objects },
        async (files) => {
          const wanted = files.map(({ path, bytes: length }) => ({ path, bytes: length }))
          const { body } = await client.open('sendFiles', { params: { lease }, json: { files: wanted } })
          if (body === null) throw new Error('The server sent no files.')
          return body as unknown as AsyncIterable<Uint8Array>
        },
        (came) => say(`${formatBytes(came)} of ${formatBytes(bytes)} that ${title} reads came from the server.`),
      )
    }
    this.trees.push(tree)
  }

  /** A run may go on for longer than a tree that nobody uses is kept. */
  private async use(list: string): Promise<void> {
    const places = mirrorPlaces(this.options.mirror)
    await useTree(places, list)
    setInterval(() => void useTree(places, list).catch(() => undefined), useMilliseconds).unref()
  }

  private isMounted(path: string): boolean {
    // By where it really is: a link in a mounted folder opens nothing else of this machine.
    return existsSync(path) && isInsideRoots(realpathSync(path), this.options.mounted)
  }

  /** Where a path of the graph lies on this machine. Throws NodeError for one that no node was given files of. */
  readonly resolvePath = (path: string): string => {
    const { base } = this.options
    if (this.wasSent(path)) return resolve(path)
    const place = this.places.get(path) ?? (isAbsolute(path) ? normalize(path) : join(base, path))
    if (this.isMounted(place)) return place
    const found = this.inTrees(place)
    if (found !== undefined) return found
    throw new NodeError(
      null,
      `"${path}" lies with the server, and this worker was not given it.`,
      'Mount its folder on this machine at the same path and start the worker with --mounted FOLDER, or run this graph on the server itself.',
    )
  }

  /** Throws NodeError for a file of this machine that the server did not send, and that isn't mounted. */
  readonly checkPath = (path: string): void => {
    if (this.wasSent(path) || this.isMounted(path)) return
    throw new NodeError(
      null,
      `A list of images names the file "${path}" of this worker, which the server didn't send.`,
      "Run again without earlier results. What a plugin of this worker lists has to lie in a --mounted folder. If the server isn't yours, stop this worker.",
    )
  }

  /** Whether a path of this machine leads to what came for this run. */
  private wasSent(path: string): boolean {
    return isAbsolute(path) && this.trees.some((tree) => isBelow(resolve(path), tree))
  }

  /** A file that was sent. The server's word may hold `..`: what it leads to outside of a tree was not sent. */
  private inTrees(place: string): string | undefined {
    return this.trees
      .map((tree) => ({ tree, path: join(tree, place) }))
      .findLast(({ tree, path }) => isBelow(path, tree) && existsSync(path))?.path
  }

  /** Paths in values, from here to the server and back. */
  get translation(): PathTranslation {
    return {
      toServer: (value) => toServerPaths(value, this.options.mirror),
      toLocal: (value) => mapStrings(value, (text) => this.localPlace(text)) as typeof value,
    }
  }

  private localPlace(text: string): string {
    if (!text.startsWith('/') || this.isMounted(text)) return text
    const known = [...this.places.values()].some((place) => isBelow(text, place))
    return (known ? this.inTrees(text) : undefined) ?? text
  }
}

/** A JSON value in which files of the mirror have the paths that they have on the server; within texts too. */
export function toServerPaths<Value>(value: Value, mirror: string): Value {
  const trees = JSON.stringify(mirrorPlaces(mirror).trees).slice(1, -1)
  const text = JSON.stringify(value)
  if (!text.includes(trees)) return value
  const pattern = new RegExp(`${trees.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}/[0-9a-f]{64}(?=/)`, 'g')
  return JSON.parse(text.replaceAll(pattern, '')) as Value
}

function mapStrings(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === 'string') return map(value)
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, map))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, map)]))
}

const pathOf = (entry: NeededFile): string => ('path' in entry ? entry.path : entry.folder)

const isBelow = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`)

function parseList(bytes: Uint8Array): readonly NeededFile[] {
  const lines = new TextDecoder().decode(bytes).split('\n')
  return lines.filter((line) => line !== '').map((line) => neededFileSchema.parse(JSON.parse(line)))
}
