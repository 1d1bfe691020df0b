/** A JSON Schema, as far as params use it. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** What a value of this schema is, in words that follow "expected": `a whole number from 1 to 10`. */
export function describeSchema(schema: JsonSchema): string {
  const alternatives = schema['anyOf'] ?? schema['oneOf']
  if (Array.isArray(alternatives))
    return [...new Set(alternatives.map((item) => describeSchema(asSchema(item))))].join(', or ')
  if ('const' in schema) return JSON.stringify(schema['const'])
  if (Array.isArray(schema['enum'])) return `one of ${schema['enum'].map((item) => JSON.stringify(item)).join(', ')}`
  switch (schema['type']) {
    case 'integer':
      return `a whole number${describeRange(schema)}`
    case 'number':
      return `a number${describeRange(schema)}`
    case 'string':
      return describeText(schema)
    case 'boolean':
      return 'true or false'
    case 'null':
      return 'null'
    case 'array':
      return describeList(schema)
    case 'object':
      return `an object${'properties' in schema ? ` with ${Object.keys(asSchema(schema['properties'])).join(', ')}` : ''}`
    default:
      return 'another value'
  }
}

/** The schema of the value at a path; an empty schema where the path leads nowhere. */
export function schemaAt(root: JsonSchema, path: readonly PropertyKey[]): JsonSchema {
  return path.reduce<JsonSchema>((schema, key) => child(root, resolve(root, schema), key), root)
}

function child(root: JsonSchema, schema: JsonSchema, key: PropertyKey): JsonSchema {
  const alternatives = schema['anyOf'] ?? schema['oneOf']
  if (Array.isArray(alternatives)) {
    const found = alternatives
      .map((item) => child(root, resolve(root, asSchema(item)), key))
      .find((item) => Object.keys(item).length > 0)
    return found ?? {}
  }
  if (typeof key === 'number' || schema['type'] === 'array') {
    const fixed = schema['prefixItems']
    return asSchema(Array.isArray(fixed) ? fixed[Number(key)] : schema['items'])
  }
  const properties = asSchema(schema['properties'])
  const name = String(key)
  return resolve(root, asSchema(Object.hasOwn(properties, name) ? properties[name] : schema['additionalProperties']))
}

/** Follows `#/$defs/name`, the one kind of reference that zod writes for params. */
function resolve(root: JsonSchema, schema: JsonSchema): JsonSchema {
  const reference = schema['$ref']
  if (typeof reference !== 'string' || !reference.startsWith('#/$defs/')) return schema
  return asSchema(asSchema(root['$defs'])[reference.slice('#/$defs/'.length)])
}

function asSchema(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonSchema) : {}
}

function describeRange(schema: JsonSchema): string {
  const above = numberOf(schema['exclusiveMinimum'])
  const below = numberOf(schema['exclusiveMaximum'])
  const from = numberOf(schema['minimum'])
  const to = numberOf(schema['maximum'])
  if (from !== null && to !== null) return ` from ${from} to ${to}`
  const low = from === null ? (above === null ? '' : ` above ${above}`) : ` from ${from}`
  const high = to === null ? (below === null ? '' : ` below ${below}`) : ` up to ${to}`
  return low !== '' && high !== '' ? `${low} and${high}` : low + high
}

/** zod writes the range of safe integers as bounds; people never meant them. */
function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : null
}

function describeText(schema: JsonSchema): string {
  const format = typeof schema['format'] === 'string' ? ` (${schema['format']})` : ''
  const pattern = typeof schema['pattern'] === 'string' && format === '' ? ` that matches ${schema['pattern']}` : ''
  return `${schema['minLength'] === 1 ? 'text that is not empty' : 'text'}${format}${pattern}`
}

function describeList(schema: JsonSchema): string {
  const count = [
    schema['minItems'] === undefined ? '' : `at least ${String(schema['minItems'])}`,
    schema['maxItems'] === undefined ? '' : `at most ${String(schema['maxItems'])}`,
  ]
  const length = count.filter((part) => part !== '').join(' and ')
  const items = asSchema(schema['items'])
  return `a list${length === '' ? '' : ` of ${length}`}${Object.keys(items).length === 0 ? '' : `, each ${describeSchema(items)}`}`
}
