import type { KernelFunc, Tensor, Tensor4D, TensorInfo } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '@graft/network'

/**
 * A kernel for the wasm backend, computed with other TensorFlow.js operations (which are not recorded while a kernel
 * runs).
 */
export interface SuppliedKernel {
  readonly name: string
  /**
   * `missing`: only where the backend has none. `replaces`: the backend's own is much slower; or wrong; `original`
   * computes what this one leaves to it, on the same or other inputs.
   */
  readonly mode: 'missing' | 'replaces'
  compute(
    tf: TensorFlow,
    inputs: Readonly<Record<string, Tensor>>,
    attributes: Readonly<Record<string, unknown>>,
    original: (inputs?: Readonly<Record<string, TensorInfo>>) => TensorInfo,
  ): TensorInfo
}

/** Wraps a supplied kernel for TensorFlow.js's kernel list; its intermediate tensors are disposed. */
export function kernelFunction(tf: TensorFlow, kernel: SuppliedKernel, original: KernelFunc | undefined): KernelFunc {
  return (call) => {
    const passOn = (other?: Readonly<Record<string, TensorInfo>>): TensorInfo => {
      const result = original?.(other ? { ...call, inputs: other } : call)
      if (!result || Array.isArray(result)) throw new Error(`The wasm backend has no kernel ${kernel.name} of its own.`)
      return result
    }
    const inputs = Object.fromEntries(Object.entries(call.inputs).map(([name, info]) => [name, info as Tensor]))
    return tf.tidy(() => kernel.compute(tf, inputs, (call.attrs ?? {}) as Record<string, unknown>, passOn) as Tensor)
  }
}

/** Sizes of a convolution between a channels-last image and its result. */
export interface ConvolutionSizes {
  readonly batch: number
  readonly height: number
  readonly width: number
  readonly outputHeight: number
  readonly outputWidth: number
  readonly kernelHeight: number
  readonly kernelWidth: number
  readonly strideHeight: number
  readonly strideWidth: number
  readonly dilationHeight: number
  readonly dilationWidth: number
  readonly top: number
  readonly left: number
}

/** Works out sizes and padding from a kernel's attributes, with TensorFlow.js's own rules. */
export function convolutionSizes(
  tf: TensorFlow,
  imageShape: readonly number[],
  filterShape: readonly number[],
  attributes: Readonly<Record<string, unknown>>,
  depthwise: boolean,
): ConvolutionSizes {
  type Arguments = Parameters<TensorFlow['backend_util']['computeConv2DInfo']>
  const info = tf.backend_util.computeConv2DInfo(
    imageShape as Arguments[0],
    filterShape as Arguments[1],
    attributes['strides'] as Arguments[2],
    (attributes['dilations'] ?? 1) as Arguments[3],
    attributes['pad'] as Arguments[4],
    attributes['dimRoundingMode'] as Arguments[5],
    depthwise,
  )
  return {
    batch: info.batchSize,
    height: info.inHeight,
    width: info.inWidth,
    outputHeight: info.outHeight,
    outputWidth: info.outWidth,
    kernelHeight: info.filterHeight,
    kernelWidth: info.filterWidth,
    strideHeight: info.strideHeight,
    strideWidth: info.strideWidth,
    dilationHeight: info.dilationHeight,
    dilationWidth: info.dilationWidth,
    top: info.padInfo.top,
    left: info.padInfo.left,
  }
}

/** Adds zeros before and after one axis; negative amounts cut instead. */
export function fit(tf: TensorFlow, tensor: Tensor, axis: number, before: number, after: number): Tensor {
  const amounts = tensor.shape.map((_, index): [number, number] =>
    index === axis ? [Math.max(0, before), Math.max(0, after)] : [0, 0],
  )
  const padded = before > 0 || after > 0 ? tf.pad(tensor, amounts) : tensor
  if (before >= 0 && after >= 0) return padded
  const begin = padded.shape.map((_, index) => (index === axis ? Math.max(0, -before) : 0))
  const size = padded.shape.map((length, index) =>
    index === axis ? length - Math.max(0, -before) - Math.max(0, -after) : length,
  )
  return tf.slice(padded, begin, size)
}

/** Puts `step - 1` zeros between the entries of an axis. */
export function spread(tf: TensorFlow, tensor: Tensor, axis: number, step: number): Tensor {
  const length = tensor.shape[axis] ?? 1
  if (step === 1 || length === 1) return tensor
  const outer = tensor.shape.slice(0, axis).reduce((product, size) => product * size, 1)
  const inner = tensor.shape.slice(axis + 1).reduce((product, size) => product * size, 1)
  const spaced = tf.concat(
    [tf.reshape(tensor, [outer, length, inner]), tf.zeros([outer, length, (step - 1) * inner])],
    2,
  )
  const shape = tensor.shape.map((size, index) => (index === axis ? length * step : size))
  return fit(tf, tf.reshape(spaced, shape), axis, 0, 1 - step)
}

/**
 * The result's gradient laid out so that a plain stride-1 window over it, with the filter turned by 180 degrees, gives
 * the image's gradient: zeros between its entries for the stride, and a border for the padding.
 */
export function unfoldGradient(tf: TensorFlow, gradient: Tensor, sizes: ConvolutionSizes): Tensor4D {
  const rows = spread(tf, gradient, 1, sizes.strideHeight)
  const all = spread(tf, rows, 2, sizes.strideWidth)
  const reachDown = (sizes.kernelHeight - 1) * sizes.dilationHeight
  const reachAcross = (sizes.kernelWidth - 1) * sizes.dilationWidth
  const tall = fit(tf, all, 1, reachDown - sizes.top, sizes.height + sizes.top - (all.shape[1] ?? 1))
  return fit(tf, tall, 2, reachAcross - sizes.left, sizes.width + sizes.left - (all.shape[2] ?? 1)) as Tensor4D
}
