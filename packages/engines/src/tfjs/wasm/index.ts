import type { TensorFlow } from '@graft/network'
import { batchMatMul } from './batch-mat-mul.js'
import { clipGradient } from './clip-gradient.js'
import { conv2DBackpropFilter } from './conv2d-backprop-filter.js'
import { conv2DBackpropInput } from './conv2d-backprop-input.js'
import { depthwiseBackpropFilter } from './depthwise-backprop-filter.js'
import { depthwiseBackpropInput } from './depthwise-backprop-input.js'
import { kernelFunction } from './kernel.js'
import type { SuppliedKernel } from './kernel.js'
import { maxPoolGrad } from './max-pool-grad.js'
import { mean, sum } from './reductions.js'
import { slice } from './slice.js'
import { transpose } from './transpose.js'

/**
 * What the wasm backend of TensorFlow.js 4.22 lacks for training convolutional networks, and what it does much too
 * slowly.
 */
export const suppliedKernels: readonly SuppliedKernel[] = [
  conv2DBackpropFilter,
  depthwiseBackpropFilter,
  depthwiseBackpropInput,
  conv2DBackpropInput,
  maxPoolGrad,
  batchMatMul,
  transpose,
  slice,
  sum,
  mean,
]

const supplied = new WeakMap<object, readonly string[]>()

/**
 * Adds the kernels to the wasm backend, once per TensorFlow.js instance; returns the names of those that were added.
 */
export function supplyWasmKernels(tf: TensorFlow): readonly string[] {
  const known = supplied.get(tf.engine())
  if (known) return known
  const added = suppliedKernels.filter((kernel) => supply(tf, kernel)).map((kernel) => kernel.name)
  // Gradients are shared by all backends; this one is right, if not faster, on every one.
  tf.unregisterGradient('ClipByValue')
  tf.registerGradient(clipGradient(tf))
  supplied.set(tf.engine(), added)
  return added
}

function supply(tf: TensorFlow, kernel: SuppliedKernel): boolean {
  const existing = tf.getKernel(kernel.name, 'wasm')
  if (existing && kernel.mode === 'missing') return false
  if (existing) tf.unregisterKernel(kernel.name, 'wasm')
  // The native setup of a replaced kernel has run by now; its dispose function is not needed, since the backend lives
  // as long as the process.
  tf.registerKernel({
    kernelName: kernel.name,
    backendName: 'wasm',
    kernelFunc: kernelFunction(tf, kernel, existing?.kernelFunc),
  })
  return true
}
