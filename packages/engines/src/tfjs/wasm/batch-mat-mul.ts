import type { Tensor } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '@graft/network'
import type { SuppliedKernel } from './kernel.js'

/**
 * Matrix products with transposed operands: the backend's fast kernel takes only plain ones, and transposing first is
 * about five times faster than its slow one.
 */
export const batchMatMul: SuppliedKernel = {
  name: 'BatchMatMul',
  mode: 'replaces',
  compute: (tf, { a, b }, attributes, original) => {
    const { transposeA, transposeB } = attributes
    if (transposeA !== true && transposeB !== true) return original()
    return tf.matMul(
      transposeA === true ? transposed(tf, a as Tensor) : (a as Tensor),
      transposeB === true ? transposed(tf, b as Tensor) : (b as Tensor),
    )
  },
}

function transposed(tf: TensorFlow, matrices: Tensor): Tensor {
  const { rank } = matrices
  return tf.transpose(
    matrices,
    matrices.shape.map((_, axis) => (axis < rank - 2 ? axis : axis === rank - 2 ? rank - 1 : rank - 2)),
  )
}
