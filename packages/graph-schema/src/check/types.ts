import { listNames } from '../did-you-mean.js'
import type { GraphEdge, GraphEndpoint } from '../document.js'
import type { Problem } from '../problem.js'
import type { Port, SplitName } from '../ports.js'
import { edgeInto, edgeProblem, portAt } from './context.js'
import type { CheckContext, Rule } from './context.js'

/** Edges between ports of different kinds, and data of the wrong split. Looks through bypassed nodes. */
export const types: Rule = (context) =>
  context.effective.document.edges.flatMap((edge) => {
    const from = portAt(context, edge.from, 'outputs')
    const to = portAt(context, edge.to, 'inputs')
    if (from === undefined || to === undefined) return []
    return (from.kind === to.kind ? splitMismatch(context, edge, to) : kindMismatch(context, edge, from, to)) ?? []
  })

function kindMismatch(context: CheckContext, edge: GraphEdge, from: Port, to: Port): Problem {
  const fits = Object.entries(context.manifestOf(edge.from.node)?.outputs ?? {})
    .filter(([, port]) => port.kind === to.kind)
    .map(([name]) => `"${name}"`)
  return edgeProblem(
    edge,
    'type-mismatch',
    `"${edge.to.port}" of ${context.nameOf(edge.to.node)} takes a ${to.kind}, but "${edge.from.port}" of ${context.nameOf(edge.from.node)} gives a ${from.kind}.`,
    fits.length > 0
      ? `Connect ${fits.join(' or ')} of ${context.nameOf(edge.from.node)} there.`
      : `Connect an output that gives a ${to.kind}.`,
  )
}

function splitMismatch(context: CheckContext, edge: GraphEdge, to: Port): Problem | null {
  const accepted = to.splits
  const carried = splitsAt(context, edge.from)
  if (accepted === undefined || carried === null || carried.some((split) => accepted.includes(split))) return null
  const what = `"${edge.to.port}" of ${context.nameOf(edge.to.node)} takes ${listNames(accepted)} data, but "${edge.from.port}" of ${context.nameOf(edge.from.node)} gives ${listNames(carried)} data.`
  return edgeProblem(
    edge,
    'split-mismatch',
    `${what}${reason(carried, accepted)}`,
    `Connect an output that gives ${listNames(accepted)} data, for instance from a Split node.`,
  )
}

function reason(carried: readonly SplitName[], accepted: readonly SplitName[]): string {
  const only = (split: SplitName): boolean => carried.every((name) => name === split)
  if (only('test') && accepted.includes('train'))
    return ' The network would learn the very images that it is judged by, and the measured accuracy would mean nothing.'
  if (only('test') && accepted.includes('val'))
    return ' Choosing the best epoch by test data makes the test result too good to be true.'
  if (only('val') && accepted.includes('train'))
    return ' Trained on, validation data can no longer show overfitting or choose the best epoch.'
  if (only('train') && (accepted.includes('val') || accepted.includes('test')))
    return ' Judged by the images it was trained on, any network looks good.'
  return ''
}

/** What an output carries, following outputs that pass on what comes in; null when that isn't known. */
function splitsAt(context: CheckContext, start: GraphEndpoint): readonly SplitName[] | null {
  const seen = new Set<string>()
  for (let end: GraphEndpoint | undefined = start; end !== undefined && !seen.has(end.node); ) {
    seen.add(end.node)
    const port: Port | undefined = portAt(context, end, 'outputs')
    if (port?.splitsFrom === undefined) return port?.splits ?? null
    end = edgeInto(context, { node: end.node, port: port.splitsFrom })?.from
  }
  return null
}
