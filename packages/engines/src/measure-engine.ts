import { countMacs } from '@graft/network'
import type { AttributeValue, Layer, Network, Tensors } from '@graft/network'
import type { Engine, EngineSpeed } from './engine.js'

/** Time spent on each of the three measurements, once it is clear that the engine is fast enough to repeat them. */
const measuringMilliseconds = 300

/** Measures any engine through its public forward passes, with copies in and out included. Takes about a second. Throws EngineError when the engine can't run. */
export async function measureEngine(engine: Engine, options: { readonly threads?: number } = {}): Promise<EngineSpeed> {
  return {
    convolution: await measure(engine, convolutionNetwork(64, 1), 8, options.threads),
    depthwise: await measure(engine, convolutionNetwork(128, 128), 8, options.threads),
    matrixProduct: await measure(engine, productNetwork(), 256, options.threads),
  }
}

async function measure(engine: Engine, { network, tensors }: Measured, batchSize: number, threads: number | undefined): Promise<number> {
  const macs = [...countMacs(network).values()].reduce((total, count) => total + count, 0)
  const forward = await engine.forward(network, { tensors, ...(threads === undefined ? {} : { threads }) })
  try {
    const batch = { shape: [batchSize, ...network.input.shape], data: filled(batchSize * network.input.shape.reduce((product, size) => product * size, 1)) }
    await forward.run(batch)
    let best = Number.POSITIVE_INFINITY
    for (const start = performance.now(); performance.now() - start < measuringMilliseconds; ) {
      const before = performance.now()
      await forward.run(batch)
      best = Math.min(best, performance.now() - before)
    }
    return (2 * macs * batchSize) / best / 1e6
  } finally {
    await forward.dispose()
  }
}

interface Measured {
  readonly network: Network
  readonly tensors: Tensors
}

function convolutionNetwork(channels: number, group: number): Measured {
  const weight = [channels, channels / group, 3, 3]
  return networkOf([channels, 56, 56], weight, [
    layer('convolution', 'Conv', 'input', { pads: [1, 1, 1, 1], group }, { weight: 'weight' }),
    layer('pool', 'GlobalAveragePool', 'convolution'),
  ])
}

function productNetwork(): Measured {
  return networkOf([1024, 1, 1], [1024, 1024], [layer('flatten', 'Flatten', 'input'), layer('product', 'Gemm', 'flatten', { transB: 1 }, { weight: 'weight' })])
}

function layer(name: string, operator: string, input: string, attributes: Record<string, AttributeValue> = {}, parameters: Record<string, string> = {}): Layer {
  return { name, operator, inputs: [input], parameters, attributes }
}

function networkOf(shape: readonly [number, number, number], weight: readonly number[], layers: readonly Layer[]): Measured {
  const [, height, width] = shape
  const network: Network = {
    format: 'graft-network',
    version: 1,
    name: 'measurement',
    input: { name: 'input', shape },
    layers,
    output: layers.at(-1)?.name ?? 'input',
    parameters: { weight: { shape: weight, trainable: false, source: { kind: 'initializer', initializer: { name: 'ones' }, seed: 0 } } },
    stages: [{ name: 'head', layers: layers.map(({ name }) => name) }],
    preprocessing: { height, width, resize: 'stretch', cropFraction: 1, interpolation: 'bilinear', channelOrder: 'rgb', mean: [0, 0, 0], deviation: [1, 1, 1] },
    classNames: null,
    provenance: { source: 'measurement', licence: null, history: [] },
  }
  return { network, tensors: new Map([['weight', { shape: weight, data: filled(weight.reduce((product, size) => product * size, 1)) }]]) }
}

/** Values of ordinary size; zeros or denormals could be computed faster or slower. */
function filled(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, index) => ((index % 17) - 8) / 16)
}
