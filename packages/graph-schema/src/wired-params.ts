import type { GraphDocument } from './document.js'
import { edgesInto } from './edges-into.js'
import type { NodeManifest } from './manifest.js'
import type { Port } from './ports.js'

type Schema = Readonly<Record<string, unknown>>

/**
 * The inputs by which a node's parameters can be fed from a wire, by parameter: those whose type allows a number. Worked
 * out from the manifest; no node says so itself. An input of the same name hides the parameter's.
 */
export function parameterPorts(manifest: NodeManifest): Readonly<Record<string, Port>> {
  const known = ports.get(manifest)
  if (known !== undefined) return known
  const properties = Object.entries(asSchema(manifest.params['properties']))
  const found = Object.fromEntries(
    properties.flatMap(([name, property]) => {
      const port = Object.hasOwn(manifest.inputs, name) ? null : portOf(name, asSchema(property))
      return port === null ? [] : [[name, port]]
    }),
  )
  ports.set(manifest, found)
  return found
}

const ports = new WeakMap<NodeManifest, Readonly<Record<string, Port>>>()

/** An input of a node: one of its type, or the one of a parameter. */
export function inputPort(manifest: NodeManifest | undefined, name: string): Port | undefined {
  if (manifest === undefined) return undefined
  if (Object.hasOwn(manifest.inputs, name)) return manifest.inputs[name]
  const ofParameters = parameterPorts(manifest)
  return Object.hasOwn(ofParameters, name) ? ofParameters[name] : undefined
}

/** Parameters of a node that a wire feeds; what the document says for them doesn't count. */
export function wiredParams(
  { edges }: Pick<GraphDocument, 'edges'>,
  node: string,
  manifest: NodeManifest,
): readonly string[] {
  const wirable = parameterPorts(manifest)
  return [...new Set(edgesInto(edges, node).flatMap(({ to }) => (Object.hasOwn(wirable, to.port) ? [to.port] : [])))]
}

function portOf(name: string, schema: Schema): Port | null {
  if (!takesNumber(schema)) return null
  const { title, description } = schema
  return {
    kind: 'number',
    title: typeof title === 'string' ? title : name,
    description: typeof description === 'string' ? description : '',
    optional: true,
  }
}

function takesNumber(schema: Schema): boolean {
  const alternatives = schema['anyOf'] ?? schema['oneOf']
  if (Array.isArray(alternatives)) return alternatives.some((one) => takesNumber(asSchema(one)))
  const types: readonly unknown[] = [schema['type']].flat()
  return types.some((type) => type === 'number' || type === 'integer') && !('const' in schema) && !('enum' in schema)
}

function asSchema(value: unknown): Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : {}
}
