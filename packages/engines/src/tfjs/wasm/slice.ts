import type { Tensor } from '@tensorflow/tfjs-core'
import type { SuppliedKernel } from './kernel.js'
import { computeInMemory, countOf } from './memory.js'

/** Runs shorter than this are copied value by value: a subarray and a `set` cost more. */
const shortRun = 48

/** Slices copied inside the wasm memory. The backend's own kernel first copies the whole input out of it. */
export const slice: SuppliedKernel = {
  name: 'Slice',
  mode: 'replaces',
  compute: (tf, inputs, attributes, original) => {
    const x = inputs['x'] as Tensor
    if (x.dtype !== 'float32' || x.rank === 0) return original()
    const [begin, size] = tf.slice_util.parseSliceParams(
      x,
      attributes['begin'] as number[],
      attributes['size'] as number[],
    ) as [number[], number[]]
    return computeInMemory(tf, [x], size, (output, source) =>
      copySlice(source as Float32Array, output, x.shape, begin, size),
    )
  },
}

/** Copies run by run; a run is what lies next to each other in both tensors. */
function copySlice(
  source: Float32Array,
  target: Float32Array,
  shape: readonly number[],
  begin: readonly number[],
  size: readonly number[],
): void {
  const strides = shape.map((_, axis) => countOf(shape.slice(axis + 1)))
  let runAxis = shape.length - 1
  while (runAxis > 0 && size[runAxis] === shape[runAxis]) runAxis--
  const run = (size[runAxis] ?? 1) * (strides[runAxis] ?? 1)
  const position = begin.slice(0, runAxis).map(() => 0)
  let from = begin.reduce((offset, start, axis) => offset + start * (strides[axis] ?? 1), 0)
  for (let to = 0; to < target.length; to += run) {
    copyRun(source, target, from, to, run)
    for (let axis = runAxis - 1; axis >= 0; axis--) {
      const stride = strides[axis] ?? 1
      const next = (position[axis] ?? 0) + 1
      from += stride
      if (next < (size[axis] ?? 1)) {
        position[axis] = next
        break
      }
      position[axis] = 0
      from -= next * stride
    }
  }
}

function copyRun(source: Float32Array, target: Float32Array, from: number, to: number, length: number): void {
  if (length >= shortRun) target.set(source.subarray(from, from + length), to)
  else for (let index = 0; index < length; index++) target[to + index] = source[from + index] as number
}
