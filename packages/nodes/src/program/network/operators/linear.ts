import { float } from '../../python/python.js'
import { numberOf, type TorchOperator } from '../torch-operator.js'

export const gemm: TorchOperator = {
  name: 'Gemm',
  write: (call) => {
    const transposed = numberOf(call, 'transB') === 1
    const [rows = 0, columns = 0] = call.parameters['weight'] ?? []
    const [inputs, outputs] = transposed ? [columns, rows] : [rows, columns]
    const [alpha, beta] = [numberOf(call, 'alpha'), numberOf(call, 'beta')]
    const turned = transposed ? {} : { transposed: ['weight'] }
    if (alpha !== 1 || beta !== 1) {
      const bias = call.parameters['bias'] === undefined ? () => '' : (name: string) => ` + ${float(beta)} * ${name}`
      return {
        ...turned,
        value: ({ inputs: [x], parameter }) =>
          `${float(alpha)} * F.linear(${x}, ${parameter('weight')})${bias(call.parameters['bias'] === undefined ? '' : parameter('bias'))}`,
      }
    }
    return {
      module: `nn.Linear(${inputs}, ${outputs}${call.parameters['bias'] === undefined ? ', bias=False' : ''})`,
      names: { weight: 'weight', bias: 'bias' },
      ...turned,
      flat: ['bias'],
      value: ({ self, inputs: [x] }) => `${self}(${x})`,
    }
  },
}

export const matmul: TorchOperator = {
  name: 'MatMul',
  write: (call) => ({
    value: ({ inputs: [x, y], parameter }) =>
      `torch.matmul(${x}, ${call.inputs.length === 2 ? y : parameter('weight')})`,
  }),
}
