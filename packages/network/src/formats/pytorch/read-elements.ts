import { must } from '@graft/errors'
import type { TensorData } from '../../network.js'
import { elementTypes } from '../safetensors/element-types.js'
import { damaged } from './pickle-globals.js'
import type { TensorPlace } from './pickle-values.js'

/** The bytes of a storage from `from` up to `to`. */
export type ReadStorage = (from: number, to: number) => Promise<Uint8Array>

const elementsOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1)

/** Checks that a tensor lies within its storage. Throws FormatError when it doesn't. */
export function checkPlace(name: string, tensor: TensorPlace): void {
  const { storage } = tensor
  const bytes = bytesOf(tensor.elementType)
  const held = storage.elementType === null ? storage.count / bytes : storage.count
  const { from, to } = span(tensor)
  if (to - storage.offset > held || from < storage.offset || elementsOf(tensor.shape) > Math.max(held, 1))
    throw damaged(
      `tensor ${name} of shape [${tensor.shape.join(', ')}] reaches up to element ${to} of ${held} in its storage`,
    )
}

/** Reads the tensor's part of its storage, and no more. */
export async function readElements(tensor: TensorPlace, read: ReadStorage): Promise<TensorData> {
  const bytes = bytesOf(tensor.elementType)
  const { from, to } = span(tensor)
  const values = must(elementTypes[tensor.elementType], tensor.elementType).decode(await read(from * bytes, to * bytes))
  return { shape: tensor.shape, data: isRowMajor(tensor) ? values : inOrder(tensor, values) }
}

export const bytesOf = (elementType: string): number => must(elementTypes[elementType], elementType).bytes

/** The elements of the storage between the tensor's first and last one; none of an empty tensor. */
function span({ storage, offset, shape, strides }: TensorPlace): { from: number; to: number } {
  const from = storage.offset + offset
  if (shape.includes(0)) return { from, to: from }
  return { from, to: from + 1 + shape.reduce((sum, size, axis) => sum + (size - 1) * (strides[axis] ?? 0), 0) }
}

function isRowMajor({ shape, strides }: TensorPlace): boolean {
  let step = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if ((shape[axis] ?? 1) > 1 && strides[axis] !== step) return false
    step *= shape[axis] ?? 1
  }
  return true
}

/** Values of a transposed or channels-last tensor, in the order of its axes. */
function inOrder({ shape, strides }: TensorPlace, values: Float32Array): Float32Array {
  const count = elementsOf(shape)
  const result = new Float32Array(count)
  const position = shape.map(() => 0)
  let at = 0
  for (let index = 0; index < count; index++) {
    result[index] = values[at] ?? 0
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      position[axis] = (position[axis] ?? 0) + 1
      at += strides[axis] ?? 0
      if ((position[axis] ?? 0) < (shape[axis] ?? 1)) break
      at -= (strides[axis] ?? 0) * (shape[axis] ?? 1)
      position[axis] = 0
    }
  }
  return result
}
