import type { Problem } from '../problem.js'
import type { CheckContext, Rule } from './context.js'

/** Graphs that give no result, and nodes that nothing is connected to. */
export const outcome: Rule = (context) => [...noOutput(context), ...isolated(context)]

function noOutput(context: CheckContext): readonly Problem[] {
  const ids = Object.keys(context.effective.document.nodes)
  const hasOutput = ids.some((id) => context.manifestOf(id)?.isOutput === true)
  const mayHaveOutput = ids.some((id) => context.manifestOf(id) === undefined)
  if (hasOutput || mayHaveOutput) return []
  const enders = context.manifests.filter(({ isOutput }) => isOutput).map(({ title }) => title)
  const fix = enders.length === 0 ? 'Add a node that ends the pipeline.' : `Add one of ${enders.join(', ')}.`
  if (ids.length === 0)
    return [
      {
        code: 'graph-empty',
        severity: 'warning',
        message: 'There is nothing to run: the graph has no active nodes.',
        fix: 'Add nodes, or start from a template: `graft templates`.',
      },
    ]
  return [
    {
      code: 'no-output',
      severity: 'warning',
      message: 'The graph runs, but nothing comes out of it: no node writes a report, a model or predictions.',
      fix,
    },
  ]
}

function isolated(context: CheckContext): readonly Problem[] {
  const connected = new Set(context.document.edges.flatMap(({ from, to }) => [from.node, to.node]))
  const ids = Object.keys(context.effective.document.nodes)
  if (ids.length < 2) return []
  const needsInput = (id: string): boolean =>
    Object.values(context.manifestOf(id)?.inputs ?? {}).some(({ optional }) => optional !== true)
  return (
    ids
      // A node that lacks a required input is reported as an error already.
      .filter((id) => !connected.has(id) && !needsInput(id))
      .map(
        (id): Problem => ({
          code: 'node-isolated',
          severity: 'info',
          node: id,
          message: `${context.nameOf(id)} is not connected to anything.`,
          fix: 'Connect it, or remove it.',
        }),
      )
  )
}
