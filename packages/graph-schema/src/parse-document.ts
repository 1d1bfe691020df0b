import type { z } from 'zod'
import { documentFormat, documentSchema } from './document.js'
import type { GraphDocument } from './document.js'
import { documentMigrations } from './document-migrations.js'
import { measureGraph, measureJson, readJson } from './json-bounds.js'
import type { Migrations } from './migrate.js'
import type { Problem } from './problem.js'

export interface ParsedDocument {
  /** The document at the newest version, or null when it can't be used as it is. */
  readonly document: GraphDocument | null
  /** What was given, untouched: what to keep (and save) when `document` is null. */
  readonly raw: unknown
  /** Names of the migrations that were applied; not empty means that saving will change the file's version. */
  readonly migrated: readonly string[]
  readonly problems: readonly Problem[]
}

/**
 * Reads a pipeline from parsed JSON. Missing optional parts are filled in; unknown nodes and unknown fields stay
 * exactly as they were, in their order. Never throws: problems say what is wrong and where.
 */
export function parseDocument(
  json: unknown,
  migrations: Migrations<Readonly<Record<string, unknown>>> = documentMigrations,
): ParsedDocument {
  const refuse = (...problems: readonly Problem[]): ParsedDocument => ({
    document: null,
    raw: json,
    migrated: [],
    problems,
  })
  const tooLarge = measureJson(json)
  if (tooLarge !== null) return refuse(tooLarge)
  if (!isRecord(json) || json['format'] !== documentFormat) return refuse(notADocument(json))
  const tooMany = measureGraph(json)
  if (tooMany !== null) return refuse(tooMany)
  const result = migrations.apply(json, typeof json['version'] === 'number' ? json['version'] : Number.NaN)
  if (result.status === 'newer') return refuse(newerVersion(result.version, result.current))
  if (result.status === 'failed')
    return refuse({
      code: 'document-version',
      severity: 'error',
      field: 'version',
      message: result.message,
      fix: 'Set "version" to the version the file was written with, or restore the file from a copy.',
    })
  // A sequence under test may be ahead of the schema, which knows one version only.
  const value = migrations === documentMigrations ? result.value : { ...result.value, version: 1 }
  const checked = documentSchema.safeParse(value)
  if (!checked.success) return refuse(...checked.error.issues.map(problemOfIssue))
  return { document: keepOrder(result.value), raw: json, migrated: result.applied, problems: [] }
}

/** Reads a pipeline from the text of a file; text that isn't JSON is a problem with line and column. Never throws. */
export function parseDocumentText(text: string): ParsedDocument {
  const read = readJson(text)
  return 'problem' in read
    ? { document: null, raw: text, migrated: [], problems: [read.problem] }
    : parseDocument(read.value)
}

/**
 * The given JSON with missing optional parts added at the end: zod's own output would drop unknown fields or move known
 * ones to the front.
 */
function keepOrder(value: Readonly<Record<string, unknown>>): GraphDocument {
  const defaults = documentSchema.parse({ format: documentFormat, version: 1 })
  const nodes = isRecord(value['nodes']) ? value['nodes'] : {}
  const layout = isRecord(value['layout']) ? value['layout'] : {}
  const complete = {
    ...withDefaults(value, defaults),
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([id, node]) => [id, withDefaults(node as Record<string, unknown>, { params: {} })]),
    ),
    layout: withDefaults(layout, defaults.layout),
  }
  return complete as unknown as GraphDocument
}

function withDefaults(
  value: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const missing = Object.entries(defaults).filter(([key]) => value[key] === undefined)
  return { ...value, ...Object.fromEntries(missing) }
}

function notADocument(json: unknown): Problem {
  const found = isRecord(json)
    ? `"format" is ${JSON.stringify(json['format']) ?? 'missing'}`
    : 'this is not a JSON object'
  return {
    code: 'document-format',
    severity: 'error',
    field: 'format',
    message: `This is not a Graft graph: ${found}, expected "format": "${documentFormat}".`,
    fix: 'Open a *.graft.json file; `graft templates NAME > my.graft.json` writes one to start from.',
  }
}

function newerVersion(version: number, current: number): Problem {
  return {
    code: 'document-version-newer',
    severity: 'error',
    field: 'version',
    message: `This graph was written by a newer Graft: document version ${version}, and this one reads up to ${current}. Nothing was changed.`,
    fix: 'Update Graft, or open the graph with the version that wrote it.',
  }
}

function problemOfIssue(issue: z.core.$ZodIssue): Problem {
  const path = issue.path.map(String)
  const inNode = path[0] === 'nodes' && path.length > 1
  const field = inNode ? path.slice(2).join('.') : path.join('.')
  const where = path.length === 0 ? 'The document' : `"${path.join('.')}"`
  const detail = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message
  return {
    code: 'document-invalid',
    severity: 'error',
    ...(inNode && { node: String(path[1]) }),
    ...(field !== '' && { field }),
    message: `${where} can't be read: ${detail}.`,
    fix:
      issue.path.length === 0
        ? 'Compare the file with `graft templates`.'
        : `Correct ${where} in the file, or restore it from a copy.`,
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
