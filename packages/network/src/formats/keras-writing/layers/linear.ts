import type { TensorData } from '../../../network.js'
import { type OperatorWriter, transposed } from '../keras-model.js'

export const dense: OperatorWriter = {
  operators: ['Gemm', 'MatMul'],
  write: (call) => {
    const [input] = call.inputs
    const weight = call.weight('weight')
    if (input === undefined || weight?.shape.length !== 2 || call.inputs.length > 1)
      return call.refuse('it multiplies two computed values')
    if (input.layout === 'last') return call.refuse('it multiplies the width of a map')
    const { alpha = 1, beta = 1, transB = 0 } = call.attributes as Record<string, number>
    const kernel = scaled(transB === 1 ? transposed(weight, [1, 0]) : weight, alpha)
    const bias = call.weight('bias')
    const units = kernel.shape[1] ?? 1
    const config = { units, activation: 'linear', use_bias: bias !== undefined }
    const flat = bias && scaled({ shape: [units], data: bias.data }, beta)
    return call.add('Dense', config, [input], { kernel, ...(flat && { bias: flat }) })
  },
}

const scaled = ({ shape, data }: TensorData, factor: number): TensorData => ({
  shape,
  data: factor === 1 ? data : data.map((value) => value * factor),
})
