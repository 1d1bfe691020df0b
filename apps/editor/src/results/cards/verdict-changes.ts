import { edgeKey } from '@graft/graph-schema'
import type { GraphDocument, NodeManifest } from '@graft/graph-schema'
import { sequence } from '../../document/commands/command.js'
import type { Command } from '../../document/commands/command.js'
import { addOnWire, connect } from '../../document/commands/edges.js'
import { cardSize, positionOf } from '../../document/graph/geometry.js'

type Manifests = ReadonlyMap<string, NodeManifest>

/**
 * Puts one node of a type in front of all inputs of a name that get the same, as one step to undo. Null when nothing
 * leads there, or when a node of this type does so already.
 */
export function insertBefore(
  document: GraphDocument,
  manifests: Manifests,
  type: string,
  input: string,
): Command | null {
  const manifest = manifests.get(type)
  const first = document.edges.find(({ to }) => to.port === input)
  if (manifest === undefined || first === undefined || document.nodes[first.from.node]?.type === type) return null
  const { x, y } = positionOf(document, first.to.node)
  const added = addOnWire(document, manifests, edgeKey(first), manifest, { x, y: y - cardSize.width })
  if (added === null) return null
  const commands = [added]
  let grown = added.apply(document)
  const end = grown.edges.find(({ to }) => to.node === first.to.node && to.port === input)?.from
  const others = document.edges.filter(({ from, to }) => sameSource(from, first.from) && to.port === input)
  for (const { to } of others) {
    if (end === undefined || to.node === first.to.node) continue
    const wire = connect(grown, manifests, end, to)
    grown = wire.apply(grown)
    commands.push(wire)
  }
  return sequence(`Put ${manifest.title} before ${others.length === 1 ? 'training' : 'all training'}`, commands)
}

const sameSource = (one: { node: string; port: string }, other: { node: string; port: string }): boolean =>
  one.node === other.node && one.port === other.port
