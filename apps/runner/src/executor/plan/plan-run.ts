import {
  ancestors,
  didYouMean,
  edgesInto,
  effectiveGraph,
  listNames,
  nodeOf,
  topologicalOrder,
} from '@graft/graph-schema'
import type { GraphDocument, GraphEdge, NodeManifest, Problem } from '@graft/graph-schema'
import { manifestOf } from '@graft/nodes'
import type { NodeDefinition } from '@graft/nodes'
import { checkForRun } from './check-for-run.js'
import { parseParams } from './parse-params.js'
import { standIns } from './wired-params.js'
import { RunRefused } from '../run-options.js'

/** One node that is to run, with everything decided that can be decided without running. */
export interface PlannedNode {
  readonly id: string
  readonly title: string
  readonly definition: NodeDefinition
  readonly params: Readonly<Record<string, unknown>>
  /** Parameters that wires feed: `params` holds stand-ins for them until their numbers are there. */
  readonly wired: readonly string[]
  /** Edges into this node by input port, in the order of the document. */
  readonly inputs: Readonly<Record<string, readonly GraphEdge['from'][]>>
}

export interface Plan {
  /** Each node after all that it needs. */
  readonly nodes: readonly PlannedNode[]
  /** Nodes whose outputs the run is for. */
  readonly targets: readonly string[]
  /** What is worth saying, but no reason not to run. */
  readonly warnings: readonly Problem[]
}

/**
 * Decides what is to run: the nodes `to`, else the output nodes (else the ends), and all that they need; muted and
 * bypassed nodes taken out. Errors in parts of the document that are not needed become warnings.
 *
 * @throws RunRefused with every problem found
 */
export function planRun(document: GraphDocument, library: readonly NodeDefinition[], to?: readonly string[]): Plan {
  const manifests = library.map(manifestOf)
  const problems = checkForRun(document, library, manifests)
  const effective = effectiveGraph(document, manifests)
  const targets = to ?? defaultTargets(effective.document, manifests)
  const wrongTargets = targets.flatMap((id) => problemOfTarget(id, document, effective.document))
  if (wrongTargets.length > 0) throw new RunRefused(wrongTargets)
  const needed = ancestors(effective.document, targets)
  const concerns = (problem: Problem): boolean => problem.node === undefined || needed.has(problem.node)
  const errors = problems.filter((problem) => problem.severity === 'error' && concerns(problem))
  if (errors.length > 0) throw new RunRefused(errors)
  if (targets.length === 0) throw new RunRefused([nothingToRun(effective.skipped)])
  return {
    nodes: planNodes(effective.document, library, manifests, needed),
    targets,
    warnings: problems.filter((problem) => problem.severity !== 'info'),
  }
}

function planNodes(
  document: GraphDocument,
  library: readonly NodeDefinition[],
  manifests: readonly NodeManifest[],
  needed: ReadonlySet<string>,
): PlannedNode[] {
  return topologicalOrder(document)
    .order.filter((id) => needed.has(id))
    .flatMap((id) => {
      const node = nodeOf(document, id)
      const definition = library.find((candidate) => candidate.type === node?.type)
      const manifest = manifests.find(({ type }) => type === node?.type)
      const wired = manifest === undefined ? {} : standIns(document, id, manifest)
      const parsed = node && definition ? parseParams(id, node, definition, wired, true) : null
      // Unknown types and wrong params were refused before.
      if (!node || !definition || !parsed || !parsed.params) return []
      return [
        {
          id,
          title: node.title ?? definition.title,
          definition,
          params: parsed.params,
          wired: Object.keys(wired),
          inputs: inputsOf(id, document.edges),
        },
      ]
    })
}

function inputsOf(id: string, edges: GraphDocument['edges']): PlannedNode['inputs'] {
  const inputs: Record<string, GraphEdge['from'][]> = {}
  for (const edge of edgesInto(edges, id)) (inputs[edge.to.port] ??= []).push(edge.from)
  return inputs
}

/** Output nodes; in a graph without any, the nodes that nothing follows. */
function defaultTargets(document: GraphDocument, manifests: readonly NodeManifest[]): string[] {
  const ids = Object.keys(document.nodes)
  const outputs = ids.filter((id) => manifests.find(({ type }) => type === nodeOf(document, id)?.type)?.isOutput)
  const followed = new Set(document.edges.map((edge) => edge.from.node))
  return outputs.length > 0 ? outputs : ids.filter((id) => !followed.has(id))
}

function problemOfTarget(id: string, document: GraphDocument, effective: GraphDocument): Problem[] {
  if (nodeOf(effective, id) !== undefined) return []
  const node = nodeOf(document, id)
  if (node === undefined) {
    const ids = Object.keys(document.nodes)
    return [
      {
        code: 'target-unknown',
        severity: 'error',
        message: `There is no node "${id}" in this graph.`,
        fix: `${didYouMean(id, ids)}The nodes are: ${listNames(ids, 20)}.`,
      },
    ]
  }
  const why = node.bypassed ? 'is bypassed' : node.muted ? 'is muted' : 'needs a node that is muted'
  return [
    {
      code: 'target-inactive',
      severity: 'error',
      node: id,
      message: `"${id}" can't be run: it ${why}.`,
      fix: 'Activate it, or ask for another node.',
    },
  ]
}

function nothingToRun(skipped: ReadonlySet<string>): Problem {
  const message =
    skipped.size > 0
      ? 'Everything in this graph is muted or needs a muted node, so there is nothing to run.'
      : 'There is no node in this graph, so there is nothing to run.'
  return {
    code: 'nothing-to-run',
    severity: 'error',
    message,
    fix: skipped.size > 0 ? 'Unmute a node.' : 'Start from a template: `graft templates`.',
  }
}
