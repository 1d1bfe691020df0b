import type { GraphDocument } from '@graft/graph-schema'
import { nodeOf } from '@graft/graph-schema'
import { edit } from './command.js'
import type { Command } from './command.js'

/** Where a value is in a node's params: `epochs`, `optimizer.momentum`, `hidden.0`, or the same as a list. */
export type ParamPath = string | readonly (string | number)[]

/**
 * Sets one param; `undefined` removes it, which means its default. Edits of the same field in a row are one undo step.
 */
export function setParam(nodeId: string, path: ParamPath, value: unknown): Command {
  const keys = keysOf(path)
  return edit(
    value === undefined ? `Reset ${keys.join('.')}` : `Changed ${keys.join('.')}`,
    (draft) => {
      const node = nodeOf(draft, nodeId)
      if (node !== undefined) node.params = setAt(node.params, keys, value) as typeof node.params
    },
    { coalesce: `param:${nodeId}:${keys.join('.')}` },
  )
}

/** Replaces several top-level params at once, as one undo step (a preset, a dragged range). */
export function setParams(nodeId: string, values: Readonly<Record<string, unknown>>, coalesce?: string): Command {
  const keys = Object.keys(values)
  return edit(
    `Changed ${keys.join(', ')}`,
    (draft) => {
      const node = nodeOf(draft, nodeId)
      if (node !== undefined)
        for (const key of keys) node.params = setAt(node.params, [key], values[key]) as typeof node.params
    },
    coalesce === undefined ? {} : { coalesce: `params:${nodeId}:${coalesce}` },
  )
}

/** Removes every param, so that all defaults apply. */
export function resetParams(nodeId: string): Command {
  return edit('Reset all fields', (draft) => {
    const node = nodeOf(draft, nodeId)
    if (node !== undefined) node.params = {}
  })
}

/** The value at a path, or undefined. */
export function paramAt(document: GraphDocument, nodeId: string, path: ParamPath): unknown {
  return keysOf(path).reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined,
    nodeOf(document, nodeId)?.params,
  )
}

function keysOf(path: ParamPath): readonly string[] {
  return typeof path === 'string' ? path.split('.') : path.map(String)
}

function setAt(container: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value
  if (Array.isArray(container)) return setInList(container, Number(key), rest, value)
  const record =
    typeof container === 'object' && container !== null ? (container as Readonly<Record<string, unknown>>) : {}
  const inner = setAt(Object.hasOwn(record, key) ? record[key] : undefined, rest, value)
  if (inner === undefined) return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key))
  return { ...record, [key]: inner }
}

function setInList(list: readonly unknown[], index: number, rest: readonly string[], value: unknown): unknown {
  if (!Number.isInteger(index) || index < 0 || index > list.length) return list
  const inner = setAt(list[index], rest, value)
  return inner === undefined
    ? list.filter((_, place) => place !== index)
    : [...list.slice(0, index), inner, ...list.slice(index + 1)]
}
