import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '@graft/network'

/**
 * The part of the wasm backend that gives access to its memory. Views are only good until the next allocation: allocate
 * first.
 */
interface WasmBackend {
  makeOutput(shape: readonly number[], dtype: string): TensorInfo
  typedArrayFromHeap(tensor: TensorInfo): Float32Array
}

/**
 * Allocates a float32 result and lets `fill` write it, with views of the inputs' own memory: nothing is copied in or
 * out.
 */
export function computeInMemory(
  tf: TensorFlow,
  inputs: readonly TensorInfo[],
  shape: readonly number[],
  fill: (output: Float32Array, ...inputs: readonly Float32Array[]) => void,
): TensorInfo {
  const backend = tf.backend() as unknown as WasmBackend
  const output = backend.makeOutput(shape, 'float32')
  fill(backend.typedArrayFromHeap(output), ...inputs.map((input) => backend.typedArrayFromHeap(input)))
  return output
}

/** Number of values of a shape. */
export function countOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}
