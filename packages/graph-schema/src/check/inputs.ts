import { nodeOf } from '../document.js'
import type { Port } from '../ports.js'
import type { CheckContext, Rule } from './context.js'

/**
 * Inputs that must be connected, always or with what a parameter is set to, and aren't. An edge from a muted node counts:
 * the node is then skipped, which `inactive` says.
 */
export const requiredInputs: Rule = (context) => {
  const connected = new Set(context.document.edges.map(({ to }) => `${to.node}.${to.port}`))
  return Object.keys(context.effective.document.nodes).flatMap((id) =>
    Object.entries(context.manifestOf(id)?.inputs ?? {}).flatMap(([name, port]) => {
      const setting = connected.has(`${id}.${name}`) ? null : settingThatNeeds(port, id, context)
      if (setting === null) return []
      const givers = context.manifests
        .filter(({ outputs }) => Object.values(outputs).some((output) => output.kind === port.kind))
        .map(({ title }) => title)
      const connecting =
        givers.length === 0
          ? 'Connect it, or remove the node.'
          : `Connect a ${port.kind} output; these nodes have one: ${[...new Set(givers)].slice(0, 8).join(', ')}.`
      const { because, otherwise } = setting
      return {
        code: 'input-unconnected',
        severity: 'error' as const,
        node: id,
        field: name,
        message: `${context.nameOf(id)} needs a ${port.kind} at its input "${name}" (${port.title})${because}, and nothing is connected there.`,
        fix: `${connecting}${otherwise}`,
      }
    }),
  )
}

/** What to say of why an input has to be connected: nothing where it always has to. Null: it may be left out. */
function settingThatNeeds(
  { optional, neededFor }: Port,
  id: string,
  context: CheckContext,
): { readonly because: string; readonly otherwise: string } | null {
  if (optional !== true) return { because: '', otherwise: '' }
  if (neededFor === undefined) return null
  const { param, values } = neededFor
  const value = nodeOf(context.document, id)?.params[param] ?? defaultOf(context, id, param)
  if (!values.includes(value)) return null
  return {
    because: ` with "${param}" set to ${JSON.stringify(value)}`,
    otherwise: ` Or set "${param}" to something else.`,
  }
}

function defaultOf(context: CheckContext, id: string, param: string): unknown {
  const properties = context.manifestOf(id)?.params['properties'] as Readonly<Record<string, { default?: unknown }>>
  return properties?.[param]?.default
}
