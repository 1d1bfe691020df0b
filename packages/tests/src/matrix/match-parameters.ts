import type { Tensors } from '@graft/network'
import { countOf, type Reference } from './reference.js'

/** A parameter of Graft and where the same numbers lie in PyTorch's files. */
export interface Match {
  readonly key: string
  readonly name: string
  readonly offset: number
  readonly count: number
  /** The position in PyTorch's parameter of each of ours: a matrix may lie the other way round. */
  readonly position: (index: number) => number
}

/** Finds PyTorch's parameters in a network by their values, as they are or transposed; exporters rename them. */
export function matchParameters(reference: Reference, values: Float32Array, tensors: Tensors): readonly Match[] {
  const waiting = new Map<number, [string, Float32Array, readonly number[]][]>()
  for (const [key, { data, shape }] of tensors)
    waiting.set(data.length, [...(waiting.get(data.length) ?? []), [key, data, shape]])
  const taken = new Set<string>()
  return Object.entries(reference.parameters).flatMap(([name, { offset, shape }]) => {
    const count = countOf(shape)
    const own = values.subarray(offset, offset + count)
    // Equal numbers may be several parameters: the name decides, then which of them is still without a counterpart.
    const rank = (key: string): number => Number(key === name) * 2 + Number(!taken.has(key))
    const candidates = [...(waiting.get(count) ?? [])].sort(([a], [b]) => rank(b) - rank(a))
    for (const [key, data] of candidates) {
      const position = positionsOf(shape).find((candidate) =>
        data.every((value, index) => value === own[candidate(index)]),
      )
      if (position === undefined) continue
      taken.add(key)
      return [{ key, name, offset, count, position }]
    }
    return []
  })
}

/** Where the numbers of a parameter may lie in another one: as they are, or turned. */
export function positionsOf(shape: readonly number[]): readonly ((index: number) => number)[] {
  const [rows = 1, ...rest] = shape
  const columns = countOf(rest)
  const plain = (index: number): number => index
  const turned = (index: number): number => (index % rows) * columns + Math.floor(index / rows)
  return rows > 1 && columns > 1 ? [plain, turned] : [plain]
}
