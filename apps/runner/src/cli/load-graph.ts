import { readFile } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { didYouMean, listNames, parseDocument, parseDocumentText } from '@graft/graph-schema'
import type { GraphDocument } from '@graft/graph-schema'
import { callError, CliError } from './cli-error.js'
import type { Surroundings } from './surroundings.js'

export interface LoadedGraph {
  readonly document: GraphDocument
  /** Absolute path of the file, or the template's name: what the graph's history goes by. */
  readonly graph: string
  /** Folder that relative paths in the graph start from. */
  readonly base: string
  /** File-name-safe name, for the folder of results. */
  readonly slug: string
}

/** Reads a graph file, or a template by name. A file of that name wins. Throws CliError. */
export async function loadGraph(given: string, { readTemplate, templates }: Surroundings): Promise<LoadedGraph> {
  const path = resolve(given)
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => error)
  if (typeof text === 'string') {
    const { document, problems } = parseDocumentText(text)
    if (document === null)
      throw new CliError(problems.map((problem) => ({ ...problem, message: `${given}: ${problem.message}` })))
    return {
      document,
      graph: path,
      base: dirname(path),
      slug: slugOf(basename(path).replace(/(\.graft)?\.json$/i, '')),
    }
  }
  const template = readTemplate(given)
  if (template === null)
    throw notFound(
      given,
      text,
      templates.map((template) => template.id),
    )
  const { document, problems } = parseDocument(template)
  if (document === null) throw new CliError(problems)
  return { document, graph: `template:${given}`, base: process.cwd(), slug: slugOf(given) }
}

function notFound(given: string, error: NodeJS.ErrnoException, names: readonly string[]): CliError {
  if (error.code === 'EISDIR')
    return callError(
      'graph-not-found',
      `${given} is a folder; a graph file (*.graft.json) was expected.`,
      'Name the file inside it.',
    )
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR')
    return callError('graph-not-readable', `${given} can't be read: ${error.message}.`, 'Check the rights of the file.')
  return callError(
    'graph-not-found',
    `There is no file and no template called "${given}".`,
    `${didYouMean(given, names)}The templates are ${listNames(names, 20)}; \`graft templates NAME > my.graft.json\` writes one to start from.`,
  )
}

function slugOf(name: string): string {
  return (
    name
      .replaceAll(/[^\p{Letter}\p{Number}._-]+/gu, '-')
      .replaceAll(/^[.-]+|[.-]+$/g, '')
      .slice(0, 80) || 'graph'
  )
}
