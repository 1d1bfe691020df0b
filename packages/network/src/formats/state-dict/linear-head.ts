import type { Architecture } from '../../architectures/architecture.js'
import type { Network, TensorData, Tensors } from '../../network.js'

/** What keeps a linear head from being told by an architecture's own one: its weight and bias. */
interface LinearHead {
  readonly weight: TensorData
  readonly bias: TensorData
}

/**
 * The values of an architecture's own classifier that answers as a linear head on the average of the features does, where
 * the architecture says how (`Architecture.linearHead`); null where it doesn't, or the head is another one.
 */
export function asOwnClassifier(
  { linearHead }: Architecture,
  built: Network,
  network: Network,
  tensors: Tensors,
): Tensors | null {
  const head = linearHead === undefined ? null : headOn(network, tensors)
  if (linearHead === undefined || head === null) return null
  // Softmax doesn't see what is added to all classes; each class answered by itself does.
  const shift = linearHead.above ?? 0
  if (shift !== 0 && network.head?.task !== 'single-label') return null
  const values: Tensors = new Map()
  for (const module of linearHead.modules) {
    const [weight, bias] = [`${module}.weight`, `${module}.bias`]
    const shape = built.parameters[weight]?.shape ?? []
    if (count(shape) !== head.weight.data.length) return null
    values.set(weight, { shape, data: head.weight.data })
    values.set(bias, { shape: head.bias.shape, data: head.bias.data.map((value) => value + shift) })
  }
  return values
}

const count = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1)

/** Average, at most what changes nothing in evaluation, and one linear layer with a bias. */
function headOn({ layers, output, stages }: Network, tensors: Tensors): LinearHead | null {
  const own = new Set(stages.find(({ name }) => name === 'head')?.layers ?? [])
  const operators = layers.filter(({ name }) => own.has(name)).map(({ operator }) => operator)
  const last = layers.find(({ name }) => name === output)
  const averages = ['GlobalAveragePool', 'ReduceMean'].includes(operators[0] ?? '')
  const others = operators.slice(1, -1).filter((operator) => operator !== 'Flatten' && operator !== 'Dropout')
  const [weight, bias] = ['weight', 'bias'].map((slot) => tensors.get(last?.parameters[slot] ?? ''))
  const linear = last?.operator === 'Gemm' && last.attributes['transB'] === 1
  return averages && others.length === 0 && linear && weight !== undefined && bias !== undefined
    ? { weight, bias }
    : null
}
