import type { JsonSchema } from '@graft/graph-schema'
import { schemaAt } from '@graft/graph-schema'
import { appliesWhenOf } from '../../node-types/applies-when.js'
import type { Field, Range, WidgetName } from './field.js'
import { widgetNames } from './field.js'

/** Every field of a node's form, in the order of its params. `schema` is the manifest's `params`. */
export function fieldsFromSchema(schema: JsonSchema): readonly Field[] {
  return fieldsOf(schema, [], schema)
}

function fieldsOf(root: JsonSchema, path: readonly string[], schema: JsonSchema): readonly Field[] {
  const required = Array.isArray(schema['required']) ? (schema['required'] as readonly unknown[]) : []
  return Object.keys(asSchema(schema['properties'])).map((key) => toField(root, [...path, key], required.includes(key)))
}

function toField(root: JsonSchema, path: readonly string[], required: boolean): Field {
  const outer = schemaAt(root, path)
  const schema = withoutNull(outer)
  const widget = widgetOf(schema)
  return {
    path: path.join('.'),
    title: textOf(schema['title']) ?? spellOut(path.at(-1) ?? ''),
    description: textOf(schema['description']) ?? '',
    widget,
    unit: textOf(schema['unit']),
    placeholder: textOf(schema['placeholder']),
    advanced: schema['advanced'] === true,
    appliesWhen: appliesWhenOf(schema),
    required,
    initial: outer['default'] ?? schema['default'],
    choices: choicesOf(widget === 'choices' ? asSchema(schema['items']) : schema),
    choiceTitles: titlesOf(schema['choiceTitles']),
    range: rangeOf(schema),
    maxLength: numberOf(schema['maxLength']),
    maxItems: numberOf(schema['maxItems']),
    items:
      widget === 'numbers'
        ? rangeOf(asSchema(schema['items']))
        : widget === 'record'
          ? rangeOf(asSchema(schema['additionalProperties']))
          : null,
    fields: widget === 'group' ? fieldsOf(root, path, schema) : [],
  }
}

/** The widget asked for by name where it is known and fits, else what suits the type. */
function widgetOf(schema: JsonSchema): WidgetName {
  const suits = widgetForType(schema)
  const asked = widgetNames.find((name) => name === schema['widget'])
  if (asked === undefined) return suits
  if (asked === 'slider') return suits === 'number' && hasBothEnds(rangeOf(schema)) ? 'slider' : suits
  if (asked === 'stages') return isText(asSchema(schema['items'])) ? 'stages' : suits
  const takesText: readonly WidgetName[] = ['path', 'backbone', 'checksum', 'stage', 'text']
  return takesText.includes(asked) && suits !== 'text' ? suits : asked
}

function widgetForType(schema: JsonSchema): WidgetName {
  if (choicesOf(schema).length > 0) return 'choice'
  switch (schema['type']) {
    case 'boolean':
      return 'switch'
    case 'integer':
    case 'number':
      return 'number'
    case 'string':
      return 'text'
    case 'array':
      return widgetForItems(asSchema(schema['items']))
    case 'object':
      if (Object.keys(asSchema(schema['properties'])).length > 0) return 'group'
      return isNumber(asSchema(schema['additionalProperties'])) ? 'record' : 'json'
    default:
      return 'json'
  }
}

function widgetForItems(items: JsonSchema): WidgetName {
  if (choicesOf(items).length > 0) return 'choices'
  return isNumber(items) ? 'numbers' : 'json'
}

const isNumber = (schema: JsonSchema): boolean => schema['type'] === 'number' || schema['type'] === 'integer'
const isText = (schema: JsonSchema): boolean => schema['type'] === 'string'
const hasBothEnds = ({ min, max }: Range): boolean => min !== null && max !== null

function choicesOf(schema: JsonSchema): readonly unknown[] {
  if (Array.isArray(schema['enum'])) return schema['enum'] as readonly unknown[]
  const alternatives = schema['anyOf'] ?? schema['oneOf']
  if (!Array.isArray(alternatives)) return []
  const constants = alternatives.map((item) => asSchema(item)).filter((item) => 'const' in item)
  return constants.length === alternatives.length ? constants.map((item) => item['const']) : []
}

function titlesOf(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(asSchema(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

/** `T | null` is a field for T that may be empty. Hints of the union apply to what is left. */
function withoutNull(schema: JsonSchema): JsonSchema {
  const alternatives = schema['anyOf']
  if (!Array.isArray(alternatives)) return schema
  const rest = alternatives.map((item) => asSchema(item)).filter((item) => item['type'] !== 'null')
  if (rest.length !== 1 || rest.length === alternatives.length) return schema
  const { anyOf: _, ...hints } = schema
  return { ...rest[0], ...hints }
}

function rangeOf(schema: JsonSchema): Range {
  const above = numberOf(schema['exclusiveMinimum'])
  const below = numberOf(schema['exclusiveMaximum'])
  return {
    min: numberOf(schema['minimum']) ?? above,
    max: numberOf(schema['maximum']) ?? below,
    aboveMin: schema['minimum'] === undefined && above !== null,
    belowMax: numberOf(schema['maximum']) === null && below !== null,
    integer: schema['type'] === 'integer',
  }
}

/** zod writes the range of safe integers as bounds; people never meant them. */
function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : null
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

function asSchema(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonSchema) : {}
}

/** `learningRate` -> `Learning rate`, for plugins that give no title. */
export function spellOut(name: string): string {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[-_]+/g, ' ')
    .trim()
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
