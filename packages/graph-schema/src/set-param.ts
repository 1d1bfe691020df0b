import { didYouMean, listNames } from './did-you-mean.js'
import { nodeOf } from './document.js'
import type { GraphDocument } from './document.js'
import type { Problem } from './problem.js'

export type SetParamResult = { readonly document: GraphDocument } | { readonly problem: Problem }

/**
 * Applies one `--set node.param=value`. The path may lead into objects and lists (`train.optimizer.momentum=0.9`,
 * `head.hidden.0=64`); the value is read as JSON where it is JSON, else as text. The given document stays as it is.
 * Whether the param exists is for `check` to say.
 */
export function setParam(document: GraphDocument, assignment: string): SetParamResult {
  const equals = assignment.indexOf('=')
  const [id = '', ...path] = (equals < 0 ? assignment : assignment.slice(0, equals)).trim().split('.')
  if (equals < 0 || path.length === 0 || [id, ...path].includes('')) return { problem: malformed(assignment) }
  const node = nodeOf(document, id)
  if (node === undefined) return { problem: unknownNode(document, id) }
  const changed = setAt(node.params, path, parseValue(assignment.slice(equals + 1)))
  if ('problem' in changed) return { problem: { ...changed.problem, node: id, field: path.join('.') } }
  const params = changed.value as typeof node.params
  return { document: { ...document, nodes: { ...document.nodes, [id]: { ...node, params } } } }
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

type Changed = { readonly value: unknown } | { readonly problem: Problem }

function setAt(container: unknown, [key, ...rest]: readonly string[], value: unknown): Changed {
  if (key === undefined) return { value }
  if (Array.isArray(container)) return setInList(container, key, rest, value)
  if (typeof container !== 'object' && container !== undefined) return { problem: notAContainer(key, container) }
  const record = (container ?? {}) as Readonly<Record<string, unknown>>
  const inner = setAt(Object.hasOwn(record, key) ? record[key] : undefined, rest, value)
  // A computed key in a literal defines `__proto__` as a plain field; assignment would not.
  return 'problem' in inner ? inner : { value: { ...record, [key]: inner.value } }
}

function setInList(list: readonly unknown[], key: string, rest: readonly string[], value: unknown): Changed {
  const index = Number(key)
  if (!/^\d+$/.test(key) || index > list.length) return { problem: notAnIndex(key, list.length) }
  const inner = setAt(list[index], rest, value)
  return 'problem' in inner ? inner : { value: [...list.slice(0, index), inner.value, ...list.slice(index + 1)] }
}

const problemOf = (code: string, message: string, fix: string): Problem => ({ code, severity: 'error', message, fix })

function malformed(assignment: string): Problem {
  return problemOf(
    'set-malformed',
    `--set ${assignment} can't be read; expected node.param=value.`,
    'Write for instance --set train.epochs=20; `graft validate` lists the nodes of a graph.',
  )
}

function unknownNode(document: GraphDocument, id: string): Problem {
  const ids = Object.keys(document.nodes)
  return problemOf(
    'set-node-unknown',
    `--set: there is no node "${id}" in this graph; its nodes are ${listNames(ids, 20)}.`,
    `${didYouMean(id, ids)}Use the node's id, not its title or type.`,
  )
}

function notAContainer(key: string, value: unknown): Problem {
  return problemOf(
    'set-path',
    `--set: "${key}" can't be set inside ${JSON.stringify(value)}, which has no fields.`,
    'Shorten the path, or set the whole value as JSON.',
  )
}

function notAnIndex(key: string, length: number): Problem {
  return problemOf(
    'set-path',
    `--set: "${key}" is no place in a list of ${length}; expected a whole number from 0 to ${length}.`,
    'Use an index, or set the whole list as JSON: --set head.hidden=[64,32].',
  )
}
