import type { GraphDocument } from '@graft/graph-schema'
import { tidy } from '../document/commands/arrange.js'
import { nodeBoxes } from '../document/graph/geometry.js'
import { getManifests } from '../document/store.js'

/** A graph without places for its nodes is laid out; any other one stays as it is. */
export async function withPlaces(document: GraphDocument): Promise<GraphDocument> {
  try {
    const { needsLayout, tidyPositions } = await import('./tidy.js')
    if (!needsLayout(document)) return document
    const boxes = nodeBoxes(document, getManifests())
    return tidy(document, await tidyPositions(document, getManifests(), boxes)).apply(document)
  } catch {
    // Shown as it came: better untidy than not at all.
    return document
  }
}
