import type { GradConfig, Tensor } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '@graft/network'

/**
 * Gradient of Clip (ReLU6) from two steps and products, for backends whose comparisons and selections are slow:
 * TensorFlow.js's own takes five times as long on wasm. At the limits themselves the gradient is zero, as for PyTorch's
 * ReLU6 (TensorFlow.js passes it on there).
 */
export function clipGradient(tf: TensorFlow): GradConfig {
  return {
    kernelName: 'ClipByValue',
    inputsToSave: ['x'],
    gradFunc: (dy, saved, attributes) => {
      const { clipValueMin, clipValueMax } = attributes as unknown as {
        readonly clipValueMin: number
        readonly clipValueMax: number
      }
      const x = saved[0] as Tensor
      return {
        x: () => tf.mul(dy as Tensor, tf.mul(tf.step(tf.sub(x, clipValueMin)), tf.step(tf.sub(clipValueMax, x)))),
      }
    },
  }
}
