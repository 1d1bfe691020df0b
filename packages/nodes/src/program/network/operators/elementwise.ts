import { float } from '../../python/python.js'
import { functional, listOf, numberOf, type TorchOperator } from '../torch-operator.js'

const unary = (name: string, value: (x: string) => string): TorchOperator => functional(name, ([x = '']) => value(x))

/** A function of two values, of which the second may be a parameter. */
const binary = (name: string, value: (a: string, b: string) => string): TorchOperator => ({
  name,
  write: (call) => ({
    value: ({ inputs, parameter }) => {
      const [slot] = Object.keys(call.parameters)
      const [first = '', second = ''] = slot === undefined ? inputs : [inputs[0], parameter(slot)]
      return numberOf(call, 'reversed') === 1 ? value(second, first) : value(first, second)
    },
  }),
})

export const elementwise: readonly TorchOperator[] = [
  unary('Erf', (x) => `torch.erf(${x})`),
  unary('Exp', (x) => `torch.exp(${x})`),
  unary('Log', (x) => `torch.log(${x})`),
  unary('Sqrt', (x) => `torch.sqrt(${x})`),
  unary('Neg', (x) => `-${x}`),
  unary('Abs', (x) => `torch.abs(${x})`),
  unary('Reciprocal', (x) => `torch.reciprocal(${x})`),
  unary('Identity', (x) => x),
  binary('Add', (a, b) => `${a} + ${b}`),
  binary('Sub', (a, b) => `${a} - ${b}`),
  binary('Mul', (a, b) => `${a} * ${b}`),
  binary('Div', (a, b) => `${a} / ${b}`),
  binary('Pow', (a, b) => `torch.pow(${a}, ${b})`),
  binary('Min', (a, b) => `torch.minimum(${a}, ${b})`),
  binary('Max', (a, b) => `torch.maximum(${a}, ${b})`),
  {
    name: 'TableBias',
    write: (call) => ({
      value: ({ inputs: [x], parameter, integers }) => {
        const [table, entries] = [parameter('table'), integers(listOf(call, 'indices'))]
        const looked = numberOf(call, 'axis') === 0 ? `${table}[${entries}].t()` : `${table}[:, ${entries}]`
        return `${x} + ${looked}.reshape(${listOf(call, 'shape').join(', ')})`
      },
    }),
  },
  {
    name: 'ParameterValue',
    write: ({ parameters }) => ({ value: ({ parameter }) => parameter(Object.keys(parameters)[0] ?? 'weight') }),
  },
  functional('Dropout', ([x], call) => `F.dropout(${x}, ${float(numberOf(call, 'ratio'))}, self.training)`),
]
