import type { TensorFlow } from '@graft/network'
import { batchMatMul } from './batch-mat-mul.js'
import { conv2DBackpropFilter } from './conv2d-backprop-filter.js'
import { conv2DBackpropInput } from './conv2d-backprop-input.js'
import { depthwiseBackpropFilter } from './depthwise-backprop-filter.js'
import { depthwiseBackpropInput } from './depthwise-backprop-input.js'
import { kernelFunction } from './kernel.js'
import type { SuppliedKernel } from './kernel.js'

/** What the wasm backend of TensorFlow.js 4.22 lacks for training convolutional networks, or does slowly. */
export const suppliedKernels: readonly SuppliedKernel[] = [conv2DBackpropFilter, conv2DBackpropInput, depthwiseBackpropFilter, depthwiseBackpropInput, batchMatMul]

const supplied = new WeakMap<object, readonly string[]>()

/** Adds the kernels to the wasm backend, once per TensorFlow.js instance; returns the names of those that were added. */
export function supplyWasmKernels(tf: TensorFlow): readonly string[] {
  const known = supplied.get(tf.engine())
  if (known) return known
  const added = suppliedKernels.filter(kernel => supply(tf, kernel)).map(kernel => kernel.name)
  supplied.set(tf.engine(), added)
  return added
}

function supply(tf: TensorFlow, kernel: SuppliedKernel): boolean {
  const existing = tf.getKernel(kernel.name, 'wasm')
  if (existing && kernel.mode === 'missing') return false
  if (existing) tf.unregisterKernel(kernel.name, 'wasm')
  tf.registerKernel({ kernelName: kernel.name, backendName: 'wasm', kernelFunc: kernelFunction(tf, kernel, existing?.kernelFunc) })
  return true
}
