import { z } from 'zod'
import { parseManifest, type NodeManifest } from '@graft/graph-schema'
import type { NodeDefinition } from './define-node.js'

/**
 * The JSON face of a node type: what the editor, `check` and the docs know of it. Params become JSON Schema as they are
 * written in a document, so that fields with a default are not required. Throws when the definition can't be expressed
 * as JSON.
 */
export function manifestOf(definition: NodeDefinition): NodeManifest {
  const { type, version, title, category, doc, inputs, outputs } = definition
  return parseManifest({
    type,
    version,
    title,
    category,
    doc,
    keywords: definition.keywords ?? [],
    inputs,
    outputs,
    params: z.toJSONSchema(definition.params, { io: 'input' }),
    isOutput: definition.isOutput ?? false,
    usesEngine: definition.usesEngine ?? false,
    migrations: (definition.migrations ?? []).map((migration) => migration.name),
    sameClasses: definition.sameClasses ?? [],
  })
}
