import { listNames } from '../did-you-mean.js'
import { edgeKey } from '../document.js'
import type { Problem } from '../problem.js'
import type { CheckContext, Rule } from './context.js'

/** Nodes that won't run because they, or something they need, are muted; and bypassed nodes that can't be bypassed. */
export const inactive: Rule = (context) => [...mutedNodes(context), ...lostEdges(context)]

function mutedNodes(context: CheckContext): readonly Problem[] {
  const { skipped } = context.effective
  const muted = [...skipped].filter((id) => context.document.nodes[id]?.muted === true)
  const behind = [...skipped].filter((id) => context.document.nodes[id]?.muted !== true)
  const causes = listNames(muted.slice(0, 9).map(context.nameOf), 8)
  return [
    ...muted.map(
      (id): Problem => ({
        code: 'node-muted',
        severity: 'info',
        node: id,
        message: `${context.nameOf(id)} is muted and won't run.`,
        fix: 'Unmute it to run it again.',
      }),
    ),
    ...behind.map(
      (id): Problem => ({
        code: 'node-skipped',
        severity: 'warning',
        node: id,
        message: `${context.nameOf(id)} won't run, because it needs a muted node: ${causes}.`,
        fix: 'Unmute that node, bypass it instead, or mute this one too.',
      }),
    ),
  ]
}

function lostEdges(context: CheckContext): readonly Problem[] {
  return context.effective.lost.map((edge): Problem => {
    const kind = context.manifestOf(edge.from.node)?.outputs[edge.from.port]?.kind ?? 'value'
    return {
      code: 'bypass-impossible',
      severity: 'error',
      node: edge.from.node,
      field: edge.from.port,
      edge: edgeKey(edge),
      message: `${context.nameOf(edge.from.node)} is bypassed, but no connected input of it has a ${kind} to pass on to "${edge.to.port}" of ${context.nameOf(edge.to.node)}.`,
      fix: `Switch the node on again, or connect another ${kind} to ${context.nameOf(edge.to.node)}.`,
    }
  })
}
