import type { GraphDocument } from '../document.js'
import type { NodeManifest } from '../manifest.js'

/** Nodes of a graph that images for the final test are wired into. */
export function testReaders(document: GraphDocument, manifests: readonly NodeManifest[]): readonly string[] {
  return document.edges
    .filter(({ from }) => {
      const type = document.nodes[from.node]?.type
      return manifests.find((manifest) => manifest.type === type)?.outputs[from.port]?.splits?.includes('test') === true
    })
    .map(({ to }) => to.node)
}
