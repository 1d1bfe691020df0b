import { didYouMean, listNames } from '../did-you-mean.js'
import { edgeKey, nodeOf } from '../document.js'
import type { GraphEdge } from '../document.js'
import type { Problem } from '../problem.js'
import { edgeProblem, portAt } from './context.js'
import type { CheckContext, Rule } from './context.js'

/** Edges to nodes or ports that aren't there. */
export const edgeEnds: Rule = (context) =>
  context.document.edges.flatMap((edge) => missingNodes(context, edge) ?? missingPorts(context, edge))

/** The same edge twice, two edges with one id, and several edges into an input that takes one. */
export const edgeDuplicates: Rule = (context) => {
  const seen = new Map<string, GraphEdge>()
  const ids = new Set<string>()
  const problems: Problem[] = []
  const distinct: GraphEdge[] = []
  for (const edge of context.document.edges) {
    const ends = `${edge.from.node}.${edge.from.port} -> ${edge.to.node}.${edge.to.port}`
    if (seen.has(ends))
      problems.push(
        edgeProblem(
          edge,
          'edge-duplicate',
          `The edge ${ends} is there twice; expected once.`,
          'Remove one of the two.',
        ),
      )
    else distinct.push(edge)
    if (edge.id !== undefined && ids.has(edge.id))
      problems.push(
        edgeProblem(
          edge,
          'edge-id-duplicate',
          `Two edges have the id "${edge.id}"; expected ids to differ.`,
          'Give one another id, or leave ids out.',
        ),
      )
    seen.set(ends, edge)
    if (edge.id !== undefined) ids.add(edge.id)
  }
  return [...problems, ...takenInputs(context, distinct)]
}

function takenInputs(context: CheckContext, edges: readonly GraphEdge[]): readonly Problem[] {
  const first = new Map<string, GraphEdge>()
  return edges.flatMap((edge) => {
    const input = `${edge.to.node}.${edge.to.port}`
    const taken = first.get(input)
    if (taken === undefined) first.set(input, edge)
    const port = portAt(context, edge.to, 'inputs')
    if (taken === undefined || port === undefined || port.multiple === true) return []
    const message = `"${edge.to.port}" of ${context.nameOf(edge.to.node)} gets two edges, from ${context.nameOf(taken.from.node)} and from ${context.nameOf(edge.from.node)}; expected one.`
    return [edgeProblem(edge, 'input-taken', message, 'Remove one of the two edges.')]
  })
}

function missingNodes(context: CheckContext, edge: GraphEdge): readonly Problem[] | null {
  const missing = [edge.from, edge.to].filter((end) => nodeOf(context.document, end.node) === undefined)
  if (missing.length === 0) return null
  const ids = Object.keys(context.document.nodes)
  return missing.map(({ node }): Problem => {
    const known = [edge.from, edge.to].find((end) => nodeOf(context.document, end.node) !== undefined)
    return {
      code: 'edge-node-missing',
      severity: 'error',
      ...(known !== undefined && { node: known.node, field: known.port }),
      edge: edgeKey(edge),
      message: `The edge ${edgeKey(edge)} leads to a node "${node}" that is not in the graph.`,
      fix: `${didYouMean(node, ids)}Correct the edge or remove it.`,
    }
  })
}

function missingPorts(context: CheckContext, edge: GraphEdge): readonly Problem[] {
  return (['outputs', 'inputs'] as const).flatMap((side) => {
    const end = side === 'outputs' ? edge.from : edge.to
    const manifest = context.manifestOf(end.node)
    if (manifest === undefined || portAt(context, end, side) !== undefined) return []
    const names = Object.keys(manifest[side])
    const word = side.slice(0, -1)
    return [
      {
        code: `${word}-unknown`,
        severity: 'error' as const,
        node: end.node,
        field: end.port,
        edge: edgeKey(edge),
        message: `${context.nameOf(end.node)} has no ${word} "${end.port}"; its ${side} are: ${listNames(names, 12)}.`,
        fix: `${didYouMean(end.port, names)}Correct the port's name in the edge ${edgeKey(edge)}, or remove the edge.`,
      },
    ]
  })
}
