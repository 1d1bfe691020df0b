import { must } from '@graft/errors'
import {
  encodeOnnxModel,
  float32Tensor,
  type LoadedNetwork,
  type OnnxModel,
  type OnnxModelNode,
  type OnnxTensor,
  tensorFloats,
  tensorOf,
  toOnnxModel,
  typedAttributes,
} from '@graft/network'

/** What a re-wrapped network does to its input before the network itself, which wants RGB in -1..1, sees it. */
export interface Wrapping {
  /** By layers of their own, or by the weights of the first convolution, so that nothing shows. */
  readonly by: 'layers' | 'weights'
  /** Per channel of the input: `value * factor + shift` is what the network wants. */
  readonly factor?: readonly number[]
  readonly shift?: readonly number[]
  /** The input has blue first. */
  readonly bgr?: boolean
  readonly channelsLast?: boolean
  readonly metadata?: Readonly<Record<string, string>>
}

const one = [1, 1, 1] as const
const none = [0, 0, 0] as const

/** The network as another program might have exported it: an ONNX file that wants other pixels and says nothing of it. */
export function rewrap({ network, tensors }: LoadedNetwork, wrapping: Wrapping): Uint8Array {
  const plain: OnnxModel = {
    ...toOnnxModel(network, tensors, { docString: '' }),
    producerName: 'another program',
    metadata: wrapping.metadata ?? {},
  }
  return encodeOnnxModel(wrapping.by === 'layers' ? withLayers(plain, wrapping) : withWeights(plain, wrapping))
}

function withLayers(
  model: OnnxModel,
  { factor = one, shift = none, bgr = false, channelsLast = false }: Wrapping,
): OnnxModel {
  const input = must(model.graph.inputs[0], 'the input')
  const axes = channelsLast ? [1, 1, 1, 3] : [1, 3, 1, 1]
  const constants: OnnxTensor[] = [
    float32Tensor('wrap.factor', axes, Float32Array.from(factor)),
    float32Tensor('wrap.shift', axes, Float32Array.from(shift)),
    tensorOf('wrap.order', 'int64', [3], [2, 1, 0]),
  ]
  const nodes: OnnxModelNode[] = []
  let last = input.name
  const add = (
    operator: string,
    more: readonly string[] = [],
    attributes: Record<string, number | number[]> = {},
  ): void => {
    const output = `wrap.${operator.toLowerCase()}`
    nodes.push({
      name: output,
      operator,
      domain: '',
      inputs: [last, ...more],
      outputs: [output],
      attributes: typedAttributes(attributes),
    })
    last = output
  }
  if (factor.some((value) => value !== 1)) add('Mul', ['wrap.factor'])
  if (shift.some((value) => value !== 0)) add('Add', ['wrap.shift'])
  if (bgr) add('Gather', ['wrap.order'], { axis: channelsLast ? 3 : 1 })
  if (channelsLast) add('Transpose', [], { perm: [0, 3, 1, 2] })
  const renamed = model.graph.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map((name) => (name === input.name ? last : name)),
  }))
  const [, channels = 3, height = 1, width = 1] = input.shape ?? []
  const shape = channelsLast ? ['N', height, width, channels] : (input.shape ?? [])
  const used = new Set(nodes.flatMap(({ inputs }) => inputs))
  return {
    ...model,
    graph: {
      ...model.graph,
      nodes: [...nodes, ...renamed],
      initializers: [...model.graph.initializers, ...constants.filter(({ name }) => used.has(name))],
      inputs: [{ ...input, shape }],
    },
  }
}

/** Exact but for the outermost pixels, where the convolution pads with zeros. */
function withWeights(model: OnnxModel, { factor = one, shift = none, bgr = false }: Wrapping): OnnxModel {
  const { nodes, initializers } = model.graph
  const convolution = must(
    nodes.find(({ operator }) => operator === 'Conv'),
    'a convolution',
  )
  const weight = must(
    initializers.find(({ name }) => name === convolution.inputs[1]),
    'its weight',
  )
  const [outputs = 1, , ...kernel] = weight.shape
  const area = kernel.reduce((product, length) => product * length, 1)
  const before = tensorFloats(weight)
  const after = new Float32Array(before.length)
  const old = initializers.find(({ name }) => name === convolution.inputs[2])
  const bias = old === undefined ? new Float32Array(outputs) : tensorFloats(old).slice()
  for (let output = 0; output < outputs; output++)
    for (let channel = 0; channel < 3; channel++)
      for (let at = 0; at < area; at++) {
        const value = before[(output * 3 + (bgr ? 2 - channel : channel)) * area + at] ?? 0
        after[(output * 3 + channel) * area + at] = value * (factor[channel] ?? 1)
        bias[output] = (bias[output] ?? 0) + value * (shift[channel] ?? 0)
      }
  const [input = '', weightName = ''] = convolution.inputs
  return {
    ...model,
    graph: {
      ...model.graph,
      nodes: nodes.map((node) => (node === convolution ? { ...node, inputs: [input, weightName, 'wrap.bias'] } : node)),
      initializers: [
        ...initializers.map((tensor) => (tensor === weight ? float32Tensor(weightName, weight.shape, after) : tensor)),
        float32Tensor('wrap.bias', [outputs], bias),
      ],
    },
  }
}
