import type { Rule } from './context.js'

/**
 * Inputs that must be connected and aren't. An edge from a muted node counts: the node is then skipped, which
 * `inactive` says.
 */
export const requiredInputs: Rule = (context) => {
  const connected = new Set(context.document.edges.map(({ to }) => `${to.node}.${to.port}`))
  return Object.keys(context.effective.document.nodes).flatMap((id) =>
    Object.entries(context.manifestOf(id)?.inputs ?? {})
      .filter(([name, port]) => port.optional !== true && !connected.has(`${id}.${name}`))
      .map(([name, port]) => {
        const givers = context.manifests
          .filter(({ outputs }) => Object.values(outputs).some((output) => output.kind === port.kind))
          .map(({ title }) => title)
        return {
          code: 'input-unconnected',
          severity: 'error' as const,
          node: id,
          field: name,
          message: `${context.nameOf(id)} needs a ${port.kind} at its input "${name}" (${port.title}), and nothing is connected there.`,
          fix:
            givers.length === 0
              ? 'Connect it, or remove the node.'
              : `Connect a ${port.kind} output; these nodes have one: ${[...new Set(givers)].slice(0, 8).join(', ')}.`,
        }
      }),
  )
}
