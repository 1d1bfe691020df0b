import { onnxEngine, singleLabel } from '@graft/engines'
import type { LoadedNetwork, Network, Tensors } from '@graft/network'
import type { Match } from '../matrix/match-parameters.js'
import { readFloats } from '../matrix/reference.js'
import type { Distances, Policy, Reference } from './reference.js'

/**
 * One step of SGD as the reference took it, in the ONNX engine: how far what it changes is from what PyTorch's float64
 * changes. Throws where a number of the reference is not in the network.
 */
export async function compareStep(
  folder: string,
  reference: Reference,
  { network, tensors }: LoadedNetwork,
  matches: readonly Match[],
  policy: Policy,
): Promise<Distances> {
  const start = startOf(folder, tensors, matches, policy)
  const after = await stepped(folder, reference, asCompared(network, policy), start, policy)
  const update = readFloats(folder, `update-${policy}.f32`)
  const learned = { off: 0, size: 0 }
  const each: { readonly learned: boolean; readonly off: number; readonly size: number }[] = []
  for (const { key, name, offset, count, position } of matches) {
    const [from, to] = [start.get(key)?.data, after.get(key)?.data]
    if (from === undefined || to === undefined) throw new Error(`${name} has no values`)
    let [off, size] = [0, 0]
    for (let index = 0; index < count; index++) {
      const expected = update[offset + position(index)] ?? NaN
      off += ((to[index] ?? NaN) - (from[index] ?? NaN) - expected) ** 2
      size += expected ** 2
    }
    const isLearned = reference.parameters[name]?.learned === true
    each.push({ learned: isLearned, off: Math.sqrt(off), size: Math.sqrt(size) })
    if (!isLearned) continue
    learned.off += off
    learned.size += size
  }
  const total = Math.sqrt(learned.size)
  const worst = (values: readonly number[]): number => values.reduce((most, value) => (value <= most ? most : value), 0)
  return {
    all: Math.sqrt(learned.off) / total,
    tensor: worst(each.filter((tensor) => tensor.learned).map(({ off, size }) => off / Math.max(size, 1e-3 * total))),
    // Those that shall not move: absolutely.
    statistics: worst(each.filter((tensor) => !tensor.learned).map(({ off, size }) => off / (size > 0 ? size : 1))),
  }
}

/** The values that the step begins with; with batch statistics they are others, whose activations are away from kinks. */
function startOf(folder: string, tensors: Tensors, matches: readonly Match[], policy: Policy): Tensors {
  const start: Tensors = new Map([...tensors].map(([key, { shape, data }]) => [key, { shape, data: data.slice() }]))
  if (policy === 'frozen') return start
  const values = readFloats(folder, 'batch.f32')
  for (const { key, offset, count, position } of matches) {
    const data = start.get(key)?.data
    for (let index = 0; data !== undefined && index < count; index++)
      data[index] = values[offset + position(index)] ?? NaN
  }
  return start
}

/** As the reference trains: with these statistics, and nothing random. */
const asCompared = (network: Network, statistics: Policy): Network => ({
  ...network,
  layers: network.layers.map((layer) => {
    if (layer.operator === 'Dropout') return { ...layer, attributes: { ratio: 0 } }
    return layer.operator === 'BatchNormalization' ? { ...layer, statistics } : layer
  }),
})

async function stepped(
  folder: string,
  { input, classes, rates }: Reference,
  network: Network,
  tensors: Tensors,
  policy: Policy,
): Promise<Tensors> {
  const copies: Tensors = new Map([...tensors].map(([key, { shape, data }]) => [key, { shape, data: data.slice() }]))
  const trainer = await onnxEngine.trainer(network, {
    tensors: copies,
    optimizer: { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 },
    loss: singleLabel.loss,
    seed: 1,
  })
  const labels = Array.from({ length: input[0] ?? 0 }, (_, index) => (index * 3) % classes)
  const targets = singleLabel.targets(labels, classes, { labelSmoothing: 0 })
  await trainer.step({ shape: input, data: readFloats(folder, 'input.f32') }, targets, rates[policy] ?? NaN, 0)
  const weights = await trainer.weights()
  await trainer.dispose()
  return weights
}
