import type { GraphDocument } from '@graft/graph-schema'
import { exportFile } from './open-file.js'

/**
 * The command that runs a graph without the editor. A graph that differs from a template in its settings alone is that
 * template with `--set`; any other is run from its file.
 * @param templates the templates by id
 */
export function commandLineOf(document: GraphDocument, templates: ReadonlyMap<string, GraphDocument>): string {
  const settings = [...templates].flatMap(([id, template]) => {
    const changed = settingsBetween(template, document)
    return changed === null ? [] : [{ id, changed }]
  })
  const [nearest] = settings.toSorted((a, b) => a.changed.length - b.changed.length)
  if (nearest === undefined) return `graft run ${quoted(exportFile(document).name)}`
  return ['graft run', nearest.id, ...nearest.changed.map((setting) => `--set ${quoted(setting)}`)].join(' ')
}

/** What `--set` makes of one graph to get the other; null when that is not enough. */
function settingsBetween(from: GraphDocument, to: GraphDocument): readonly string[] | null {
  const ids = Object.keys(to.nodes)
  if (ids.length !== Object.keys(from.nodes).length || wiresOf(from) !== wiresOf(to)) return null
  const settings: string[] = []
  for (const id of ids) {
    const [before, after] = [from.nodes[id], to.nodes[id]]
    if (before === undefined || after === undefined || before.type !== after.type) return null
    if (after.muted === true || after.bypassed === true) return null
    // A setting can be given, but not be taken away.
    if (Object.keys(before.params).some((key) => !Object.hasOwn(after.params, key))) return null
    for (const [key, value] of Object.entries(after.params))
      if (JSON.stringify(value) !== JSON.stringify(before.params[key])) settings.push(`${id}.${key}=${written(value)}`)
  }
  return settings
}

const wiresOf = ({ edges }: GraphDocument): string =>
  edges
    .map(({ from, to }) => `${from.node}.${from.port}>${to.node}.${to.port}`)
    .toSorted()
    .join(' ')

/** As `--set` reads it: text stays text unless it looks like JSON. */
function written(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  try {
    JSON.parse(value)
    return JSON.stringify(value)
  } catch {
    return value
  }
}

/** For a POSIX shell; what needs no quotes gets none. */
const quoted = (text: string): string => (/^[\w./~:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)
