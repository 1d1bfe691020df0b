import { readFile, rename, writeFile } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { type GraphDocument, nodeOf, parseDocumentText, serializeDocument } from '@graft/graph-schema'
import { type ChecksumOptions, checksumOfSource, manifestOf, type NodeDefinition } from '@graft/nodes'

/** A node that loads a network, with what its fields say. */
export interface NetworkOfGraph {
  readonly node: string
  readonly source: string
  /** Name of the parameter that takes the checksum. */
  readonly field: string
  /** What is pinned; empty: nothing. */
  readonly pinned: string
}

/** What became of a network that was to be pinned. */
export interface Pinned extends NetworkOfGraph {
  /** Null: a file or an embedded network, which are what they are. */
  readonly sha256: string | null
}

/** The networks that a graph loads, by the fields of its nodes. */
export function networksOf(document: GraphDocument, library: readonly NodeDefinition[]): readonly NetworkOfGraph[] {
  return Object.entries(document.nodes).flatMap(([node, { type, params }]) => {
    const definition = library.find((candidate) => candidate.type === type)
    const fields = definition === undefined ? {} : fieldsOf(definition)
    const [source, field] = [byWidget(fields, 'backbone'), byWidget(fields, 'checksum')]
    if (source === null || field === null) return []
    const value = (name: string): string => String(params[name] ?? fields[name]?.default ?? '')
    return [{ node, source: value(source), field, pinned: value(field) }]
  })
}

type Fields = Readonly<Record<string, { readonly widget?: string; readonly default?: unknown }>>

const fieldsOf = (definition: NodeDefinition): Fields => (manifestOf(definition).params['properties'] ?? {}) as Fields

const byWidget = (fields: Fields, widget: string): string | null =>
  Object.keys(fields).find((name) => fields[name]?.widget === widget) ?? null

/**
 * The checksums of the networks of a graph; those that aren't here are fetched, where `options` allow that.
 * @param replace take what the names stand for now, whatever is pinned
 * @throws NodeError when one can't be had, or has another checksum than the pinned one
 */
export async function checksumsOf(
  networks: readonly NetworkOfGraph[],
  options: ChecksumOptions,
  replace = false,
): Promise<readonly Pinned[]> {
  const pinned: Pinned[] = []
  for (const network of networks)
    pinned.push({
      ...network,
      sha256: await checksumOfSource(network.source, replace ? '' : network.pinned, options),
    })
  return pinned
}

/**
 * Writes checksums into a graph file. Null when the file holds another graph by now: nodes are gone, or load something
 * else; else how many checksums are new in it.
 */
export async function writePins(
  path: string,
  pins: readonly Pinned[],
  library: readonly NodeDefinition[],
): Promise<number | null> {
  const { document } = parseDocumentText(await readFile(path, 'utf8'))
  if (document === null) return null
  const there = networksOf(document, library)
  const wanted = pins.filter(({ sha256 }) => sha256 !== null)
  if (wanted.some(({ node, source }) => !there.some((now) => now.node === node && now.source === source))) return null
  const fresh = wanted.filter(({ node, sha256 }) => there.find((now) => now.node === node)?.pinned !== sha256)
  if (fresh.length === 0) return 0
  const temporary = `${path}.${randomUUID()}.tmp`
  await writeFile(temporary, serializeDocument(fresh.reduce(withPin, document)))
  await rename(temporary, path)
  return fresh.length
}

function withPin(document: GraphDocument, { node: id, field, sha256 }: Pinned): GraphDocument {
  const node = nodeOf(document, id)
  if (node === undefined) return document
  return { ...document, nodes: { ...document.nodes, [id]: { ...node, params: { ...node.params, [field]: sha256 } } } }
}
