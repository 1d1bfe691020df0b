import type { Network, TensorData, Tensors } from '@graft/network'
import type { Batch } from '../../engine.js'
import type { LoadedRuntime } from '../runtime.js'
import { differentiate } from './differentiate.js'
import { openTrainingSession } from './training-session.js'
import { TrainingGraph } from './training-graph.js'

export interface GradientRequest {
  readonly network: Network
  readonly tensors: Tensors
  readonly input: Batch
  /** Gradient of the network's result, row-major. */
  readonly gradient: Float32Array
  /** Channels per block of onnxruntime's blocked layout; by default without. */
  readonly blockSize?: number
}

/**
 * The network's value in training mode, its gradients by input (under `input`) and by every trainable parameter, and
 * new running statistics. For tests.
 */
export async function computeGradients(
  loaded: LoadedRuntime,
  { network, tensors, input, gradient, blockSize }: GradientRequest,
): Promise<{ readonly value: Batch; readonly gradients: Tensors; readonly updates: Tensors }> {
  const graph = new TrainingGraph(blockSize)
  const trainable = Object.keys(network.parameters).filter((name) => network.parameters[name]?.trainable)
  graph.input(network.input.name, input.shape)
  const pass = differentiate({
    graph,
    network,
    batch: input.shape[0] ?? 1,
    wanted: new Set(trainable),
    wantsInput: true,
    parameter: (name) => graph.input(name, network.parameters[name]?.shape ?? []),
  })
  const backward = pass.backward(graph.input('result gradient', pass.shape))
  graph.output('value', pass.output, pass.shape)
  if (backward.input !== undefined) graph.output('gradient of input', backward.input, input.shape)
  for (const [name, value] of backward.parameters)
    graph.output(`gradient of ${name}`, value, network.parameters[name]?.shape ?? [])
  for (const [name, value] of pass.updates)
    graph.output(`update of ${name}`, value, network.parameters[name]?.shape ?? [])
  const { Tensor } = loaded.runtime
  const given: [string, TensorData][] = [
    [network.input.name, input],
    ['result gradient', { shape: pass.shape, data: gradient }],
    ...tensors,
  ]
  const random = graph
    .randomInputs()
    .map(({ name, shape }): [string, TensorData] => [
      name,
      { shape, data: new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(0.9) },
    ])
  const needed = graph.neededInputs()
  const feeds = [...given, ...random]
    .filter(([name]) => needed.has(name))
    .map(([name, { shape, data }]) => [name, new Tensor('float32', data, [...shape])])
  const session = await openTrainingSession(loaded, graph, network)
  const results = await session.run(Object.fromEntries(feeds) as Record<string, InstanceType<typeof Tensor>>)
  await session.release()
  const values = (prefix: string): Tensors =>
    new Map(
      Object.entries(results)
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, { dims, data }]) => [name.slice(prefix.length), { shape: [...dims], data: data as Float32Array }]),
    )
  return {
    value: values('value').get('') ?? { shape: [], data: new Float32Array() },
    gradients: values('gradient of '),
    updates: values('update of '),
  }
}
