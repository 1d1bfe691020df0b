import { float, text } from '../../python/python.js'
import { functional, numberOf, type TorchCall, type TorchOperator } from '../torch-operator.js'
import { options, unless } from './window.js'

const largest = 3.4e38

const withNumber = (name: string, call: (x: string, value: number) => string, attribute = 'alpha'): TorchOperator =>
  functional(name, ([x = ''], layer) => call(x, numberOf(layer, attribute)))

const prelu: TorchOperator = {
  name: 'PRelu',
  write: ({ parameters: { slope = [] }, inputs: [input = []] }) => {
    const perChannel = slope.length === 3 && slope[0] === input[1] && slope.slice(1).every((size) => size === 1)
    return perChannel
      ? {
          module: `nn.PReLU(${slope[0]})`,
          names: { slope: 'weight' },
          flat: ['slope'],
          value: ({ self, inputs: [x] }) => `${self}(${x})`,
        }
      : { value: ({ inputs: [x], parameter }) => `F.relu(${x}) - ${parameter('slope')} * F.relu(-${x})` }
  },
}

export const activations: readonly TorchOperator[] = [
  {
    name: 'Relu',
    write: () => ({ value: ({ inputs: [x], overwrites }) => `F.relu(${x}${inPlace(overwrites)})` }),
  },
  functional('Sigmoid', ([x]) => `torch.sigmoid(${x})`),
  functional('Tanh', ([x]) => `torch.tanh(${x})`),
  functional('Softplus', ([x]) => `F.softplus(${x})`),
  functional('Softsign', ([x]) => `F.softsign(${x})`),
  { name: 'Clip', write: (call) => ({ value: ({ inputs: [x = ''], overwrites }) => clip(x, call, overwrites) }) },
  withNumber('LeakyRelu', (x, alpha) => `F.leaky_relu(${x}, ${float(alpha)})`),
  withNumber('Elu', (x, alpha) => `F.elu(${x}${alpha === 1 ? '' : `, ${float(alpha)}`})`),
  functional('Selu', ([x], call) => {
    const [alpha, gamma] = [numberOf(call, 'alpha'), numberOf(call, 'gamma')]
    const usual = Math.abs(alpha - 1.6732632) < 1e-6 && Math.abs(gamma - 1.050701) < 1e-6
    return usual ? `F.selu(${x})` : `${float(gamma)} * F.elu(${x}, ${float(alpha)})`
  }),
  withNumber('Celu', (x, alpha) => `F.celu(${x}, ${float(alpha)})`),
  functional('HardSigmoid', ([x], call) => {
    const [alpha, beta] = [numberOf(call, 'alpha'), numberOf(call, 'beta')]
    const usual = Math.abs(alpha - 1 / 6) < 1e-7 && beta === 0.5
    return usual ? `F.hardsigmoid(${x})` : `(${float(alpha)} * ${x} + ${float(beta)}).clamp(0, 1)`
  }),
  functional('HardSwish', ([x]) => `F.hardswish(${x})`),
  withNumber('Swish', (x, alpha) => (alpha === 1 ? `F.silu(${x})` : `${x} * torch.sigmoid(${float(alpha)} * ${x})`)),
  functional('Mish', ([x]) => `F.mish(${x})`),
  functional('Gelu', ([x], { attributes }) => {
    const approximate = unless(text(String(attributes['approximate'])), '"none"')
    return `F.gelu(${x}${options({ approximate })})`
  }),
  withNumber('Softmax', (x, axis) => `torch.softmax(${x}, ${axis})`, 'axis'),
  withNumber('LogSoftmax', (x, axis) => `torch.log_softmax(${x}, ${axis})`, 'axis'),
  prelu,
]

const inPlace = (overwrites: boolean): string => (overwrites ? ', inplace=True' : '')

function clip(x: string, call: TorchCall, overwrites: boolean): string {
  const [low, high] = [numberOf(call, 'min'), numberOf(call, 'max')]
  if (low === 0 && high === 6) return `F.relu6(${x}${inPlace(overwrites)})`
  const limits = { min: low > -largest ? float(low) : null, max: high < largest ? float(high) : null }
  return limits.min === null && limits.max === null ? x : `torch.clamp(${x}${options(limits)})`
}
