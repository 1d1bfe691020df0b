import { nodeOf } from '@graft/graph-schema'
import type { GraphDocument, Problem } from '@graft/graph-schema'
import type { NodeDefinition } from '@graft/nodes'
import { isPluginNode } from './plugin-node.js'
import type { PluginName } from './plugin-node.js'
import { isRange, satisfies } from './version-range.js'

/**
 * Compares the plugins that a document requires with those that are there: one problem per node that can't be relied
 * on, which says what to install.
 * `library` holds the plugins' node types too.
 */
export function checkRequirements(document: GraphDocument, library: readonly NodeDefinition[]): readonly Problem[] {
  const installed = pluginsOf(library)
  const requirements = Object.entries(document.requires ?? {})
  return [
    ...requirements.flatMap(([name, range]) => problemsOf(name, range, installed, document)),
    ...unrecorded(document, installed),
  ]
}

/**
 * What `requires` of this document should say, given the plugins that are there: every plugin it uses, at least in its
 * present version. Others it names are kept.
 */
export function requirementsOf(document: GraphDocument, library: readonly NodeDefinition[]): Record<string, string> {
  const installed = pluginsOf(library)
  const used = new Set(Object.values(document.nodes).map((node) => pluginOfType(node.type)))
  const present = installed
    .filter(({ name }) => used.has(name))
    .map(({ name, version }) => [name, `^${version}`] as const)
  const kept = Object.entries(document.requires ?? {}).filter(([name]) => used.has(name))
  return Object.fromEntries([...kept, ...present].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/**
 * The document with `requires` as it should be, for saving without being asked. A range that the installed version does
 * not satisfy stays: the document is then broken here, and which plugin it was made with must not be forgotten.
 */
export function recordRequirements(document: GraphDocument, library: readonly NodeDefinition[]): GraphDocument {
  const installed = pluginsOf(library)
  const unsatisfied = Object.entries(document.requires ?? {}).filter(([name, range]) =>
    installed.some((plugin) => plugin.name === name && !(isRange(range) && satisfies(plugin.version, range))),
  )
  const requires = { ...requirementsOf(document, library), ...Object.fromEntries(unsatisfied) }
  if (Object.keys(requires).length === 0 && document.requires === undefined) return document
  return { ...document, requires }
}

function pluginsOf(library: readonly NodeDefinition[]): readonly PluginName[] {
  return [...new Map(library.filter(isPluginNode).map(({ plugin }) => [plugin.name, plugin])).values()]
}

const pluginOfType = (type: string): string | null => (type.includes('/') ? type.slice(0, type.indexOf('/')) : null)

function usersOf(plugin: string, document: GraphDocument): string[] {
  const isActive = (id: string): boolean =>
    nodeOf(document, id)?.muted !== true && nodeOf(document, id)?.bypassed !== true
  return Object.entries(document.nodes)
    .filter(([id, node]) => pluginOfType(node.type) === plugin && isActive(id))
    .map(([id]) => id)
}

function problemsOf(
  name: string,
  range: string,
  installed: readonly PluginName[],
  document: GraphDocument,
): readonly Problem[] {
  const users = usersOf(name, document)
  const found = installed.find((plugin) => plugin.name === name)
  const at = (problem: Omit<Problem, 'severity'>): readonly Problem[] => {
    if (users.length === 0) return [{ ...problem, severity: 'info', field: `requires.${name}` }]
    return users.map((node) => ({ ...problem, severity: 'error', node, field: 'type' }))
  }
  if (!isRange(range))
    return at({
      code: 'plugin-range',
      message: `The graph requires plugin "${name}" in version "${range}", which is not a version range.`,
      fix: 'Write, for example, "^1.2.0" (1.2.0 or newer, below 2.0.0) under "requires".',
    })
  if (found === undefined)
    return at({
      code: 'plugin-not-installed',
      message: `The graph needs plugin "${name}" ${range}, which is not installed (or not approved) here.`,
      fix: `Install it: \`graft plugin add ${name}\` (or the folder it is in); \`graft plugin list\` shows what is there.`,
    })
  if (satisfies(found.version, range)) return []
  return at({
    code: 'plugin-version',
    message: `The graph needs plugin "${name}" ${range}, and version ${found.version} is installed.`,
    fix: `Install a matching version: \`graft plugin add ${name}@${range}\`; or change "requires" in the graph if this one will do.`,
  })
}

/** A graph that is given to someone else must say which plugins it needs. */
function unrecorded(document: GraphDocument, installed: readonly PluginName[]): readonly Problem[] {
  return installed
    .filter(({ name }) => usersOf(name, document).length > 0 && !Object.hasOwn(document.requires ?? {}, name))
    .map(
      ({ name, version }): Problem => ({
        code: 'plugin-unrecorded',
        severity: 'info',
        field: 'requires',
        message: `The graph uses plugin "${name}" ${version}, but does not say so under "requires".`,
        fix: `\`graft plugin record GRAPH\` writes "requires": { "${name}": "^${version}" } into the file.`,
      }),
    )
}
