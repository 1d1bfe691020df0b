import type { GraphDocument, Problem, RunEvent } from '@graft/graph-schema'
import type { Colors } from '../../text/colors.js'
import { formatProblem } from '../format-problem.js'
import { formatDuration, oneLine } from '../../text/format-values.js'

/**
 * How a node is called on screen: the person's own name for it, else its type's title; with the id where two share a
 * name.
 */
export type NameNode = (id: string) => string

/** Names for the nodes of a document. `titles` are those of the node types. */
export function nameNodes(document: GraphDocument, titles: ReadonlyMap<string, string>): NameNode {
  const plain = new Map(
    Object.entries(document.nodes).map(([id, node]) => [id, node.title ?? titles.get(node.type) ?? id]),
  )
  const counts = new Map<string, number>()
  for (const name of plain.values()) counts.set(name, (counts.get(name) ?? 0) + 1)
  return (id) => {
    const name = plain.get(id) ?? id
    return oneLine((counts.get(name) ?? 0) > 1 ? `${name} (${id})` : name)
  }
}

/** The lines that stay on screen for an event; none for those that only move a progress bar. */
export function linesOfEvent(event: RunEvent, name: NameNode, colors: Colors): string[] {
  switch (event.type) {
    case 'node-cached':
      return [`${colors.cyan('=')} ${name(event.node)}  ${colors.dim(`reused: ${oneLine(event.reason)}`)}`]
    case 'node-finished':
      return [`${colors.green('✓')} ${name(event.node)}  ${colors.dim(formatDuration(event.milliseconds))}`]
    case 'node-failed':
      return [
        `${colors.red('✗')} ${name(event.node)}`,
        ...formatProblem(event.problem as Problem, colors)
          .split('\n')
          .map((line) => `  ${line}`),
      ]
    case 'engine-chosen':
      return event.reason === undefined ? [] : [colors.dim(`  Engine ${oneLine(event.reason)}`)]
    case 'log': {
      const who = event.node === undefined ? '' : `${name(event.node)}: `
      return [
        event.level === 'warning'
          ? `${colors.yellow('!')} ${who}${oneLine(event.message)}`
          : colors.dim(`  ${who}${oneLine(event.message)}`),
      ]
    }
    default:
      return []
  }
}
