import type { Ingredients, InputIngredient } from './cache-key.js'
import { canonicalJson } from './canonical-json.js'
import type { History } from './history.js'

/** At most this many changes are listed by name; the rest are counted. */
const longestList = 3

/** How the result of a node was come by. */
export type Outcome = 'reused' | 'absent' | 'damaged' | 'not-asked'

/**
 * Says why a node ran again or didn't, comparing what it is made of with what it was made of in the last run of this
 * graph:
 * `augment.rotation changed 10 -> 15 upstream`. `now` must hold the node and everything above it.
 */
export function explain(
  node: string,
  key: string,
  outcome: Outcome,
  now: ReadonlyMap<string, Ingredients>,
  before: History,
): string {
  const last = before[node]
  if (outcome === 'not-asked') return 'the cache was not asked'
  if (outcome === 'damaged') return 'its stored result was incomplete'
  if (last === undefined) return outcome === 'reused' ? 'the same work was done before' : 'first run'
  if (last.key === key) return outcome === 'reused' ? 'nothing changed' : 'its stored result had been removed'
  const changes = allChanges(node, now, before)
  const text = changes.length === 0 ? 'something upstream changed' : summarise(changes)
  return outcome === 'reused' ? `the same as in an earlier run: ${text}` : text
}

/** Changes of the node itself, then those of the nodes above it, nearest first, marked `upstream`. */
function allChanges(node: string, now: ReadonlyMap<string, Ingredients>, before: History): string[] {
  const changes: string[] = []
  const seen = new Set<string>([node])
  let level = [node]
  while (level.length > 0) {
    for (const id of level)
      changes.push(...ownChanges(id, now, before).map((change) => (id === node ? change : `${change} upstream`)))
    const above = level.flatMap((id) => Object.values(now.get(id)?.inputs ?? {}).flat())
    level = [...new Set(above.map((edge) => edge.node))].filter(
      (id) => !seen.has(id) && before[id]?.key !== keyOf(id, above),
    )
    for (const id of level) seen.add(id)
  }
  return changes
}

const keyOf = (node: string, edges: readonly InputIngredient[]): string | undefined =>
  edges.find((edge) => edge.node === node)?.key

function ownChanges(node: string, now: ReadonlyMap<string, Ingredients>, before: History): string[] {
  const is = now.get(node)
  const was = before[node]?.ingredients
  if (is === undefined) return []
  if (was === undefined) return [`${node} is new`]
  if (is.type !== was.type) return [`${node} was a ${was.type} and is a ${is.type}`]
  return [
    ...(is.version === was.version ? [] : [`${node} (${is.type}) went from version ${was.version} to ${is.version}`]),
    ...(is.revision === was.revision ? [] : [`${node} (${is.type}) gives other results since an update of Graft`]),
    ...paramChanges(node, was.params, is.params),
    ...wiringChanges(node, was.inputs, is.inputs),
    ...(is.fingerprint === was.fingerprint ? [] : [`the files that ${node} reads changed`]),
    ...(is.engine === was.engine ? [] : [`the engine changed ${was.engine ?? 'none'} -> ${is.engine ?? 'none'}`]),
    ...(is.document === was.document ? [] : ['the graph that it shows changed']),
  ]
}

/** Changed parameters by path (`train.optimizer.name changed sgd -> adam`). */
function paramChanges(path: string, was: unknown, is: unknown): string[] {
  if (canonicalJson(was ?? null) === canonicalJson(is ?? null)) return []
  if (!isRecord(was) || !isRecord(is)) return [`${path} changed ${show(was)} -> ${show(is)}`]
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((key) =>
    paramChanges(`${path}.${key}`, was[key], is[key]),
  )
}

function wiringChanges(node: string, was: Ingredients['inputs'], is: Ingredients['inputs']): string[] {
  const ports = [...new Set([...Object.keys(was), ...Object.keys(is)])]
  const wires = (edges: readonly InputIngredient[] | undefined): string =>
    edges?.map((edge) => `${edge.node}.${edge.output}`).join(', ') || 'nothing'
  return ports
    .filter((port) => wires(was[port]) !== wires(is[port]))
    .map((port) => `${node}.${port} was wired to ${wires(was[port])} and is to ${wires(is[port])}`)
}

function summarise(changes: readonly string[]): string {
  const listed = changes.slice(0, longestList).join('; ')
  return changes.length > longestList ? `${listed}; and ${changes.length - longestList} more` : listed
}

function show(value: unknown): string {
  if (value === undefined) return 'unset'
  const text = typeof value === 'string' ? value || '""' : canonicalJson(value)
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
