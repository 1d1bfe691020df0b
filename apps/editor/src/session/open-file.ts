import { documentLimits, parseDocumentText, serializeDocument } from '@graft/graph-schema'
import type { GraphDocument, Problem } from '@graft/graph-schema'
import { onnxMetadata } from './onnx-metadata.js'

export type OpenedFile =
  | {
      readonly document: GraphDocument
      readonly from: 'graph' | 'report' | 'model'
      readonly migrated: readonly string[]
    }
  | { readonly problem: Problem }

/** Largest model file that is looked into. */
const largestModel = 1_000_000_000

/**
 * Finds the graph in a file: a `*.graft.json`, a report page or an exported ONNX model, told apart by their bytes, not
 * by the name.
 * `name` is for messages. Never throws.
 */
export function openFile(name: string, bytes: Uint8Array): OpenedFile {
  const start = new TextDecoder()
    .decode(bytes.subarray(0, 200))
    .replace(/^\uFEFF/, '')
    .trimStart()
  if (start.startsWith('{')) return parse(name, new TextDecoder().decode(bytes), 'graph')
  if (/^<(!doctype html|html)/i.test(start)) return openReport(name, bytes)
  const document = bytes.length > largestModel ? null : onnxMetadata(bytes, 'graft.document')
  if (document !== null) return parse(name, document, 'model')
  return refuse(
    `${name} contains no Graft graph: it is not a graph file, a report page or a model that Graft exported.`,
  )
}

function openReport(name: string, bytes: Uint8Array): OpenedFile {
  if (bytes.length > documentLimits.characters * 4) return refuse(`${name} is too large for a report page.`)
  const page = new TextDecoder().decode(bytes)
  // The last one: text of the report itself comes before it and might show such a tag. Report writes "<" as \u003c, so
  // none is inside it.
  const found = [...page.matchAll(/<script[^>]*\bid="graft-document"[^>]*>([\s\S]*?)<\/script>/g)].at(-1)?.[1]
  return found === undefined ? refuse(`${name} is a web page without a graph in it.`) : parse(name, found, 'report')
}

function parse(name: string, text: string, from: 'graph' | 'report' | 'model'): OpenedFile {
  const { document, migrated, problems } = parseDocumentText(text)
  const [problem] = problems
  if (document === null)
    return problem === undefined
      ? refuse(`${name} could not be read.`)
      : { problem: { ...problem, message: `${name}: ${problem.message}` } }
  return { document, from, migrated }
}

function refuse(message: string): OpenedFile {
  return {
    problem: {
      code: 'file-without-graph',
      severity: 'error',
      message,
      fix: 'Drop a *.graft.json file, a report (.html) or an exported model (.onnx).',
    },
  }
}

/** The text and name under which a document is downloaded. */
export function exportFile(document: GraphDocument): { readonly name: string; readonly text: string } {
  const base = document.name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
  return { name: `${base === '' ? 'graph' : base}.graft.json`, text: serializeDocument(document) }
}
