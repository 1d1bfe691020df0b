import * as tf from '@tensorflow/tfjs'
import { onnxEngine, tfjsEngine } from '@graft/engines'
import { createRandom, filesInMemory, type LoadedNetwork, type ModelFiles, readNetwork } from '@graft/network'
import { beforeAll, describe, expect, it } from 'vitest'

const seed = Number(process.env.GRAFT_TEST_SEED ?? Math.floor(Math.random() * 1e9))
const random = createRandom(seed)
console.log(`tfjs-layers random seed: ${seed} (set GRAFT_TEST_SEED to repeat)`)

const size = 9

beforeAll(async () => {
  await tf.setBackend('cpu')
})

/** The files that `model.save` would write, in memory. */
async function saved(
  model: tf.LayersModel,
  quantize?: (artifacts: tf.io.ModelArtifacts) => { specs: unknown; data: Uint8Array },
): Promise<ModelFiles> {
  let artifacts: tf.io.ModelArtifacts | undefined
  await model.save(
    tf.io.withSaveHandler(async (given) => {
      artifacts = given
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
    }),
  )
  if (!artifacts) throw new Error('nothing was saved')
  const { specs, data } = quantize?.(artifacts) ?? {
    specs: artifacts.weightSpecs,
    data: new Uint8Array(artifacts.weightData as ArrayBuffer),
  }
  const half = Math.floor(data.length / 2)
  return filesInMemory({
    'model.json': new TextEncoder().encode(
      JSON.stringify({
        modelTopology: artifacts.modelTopology,
        weightsManifest: [{ paths: ['a.bin', 'b.bin'], weights: specs }],
      }),
    ),
    'a.bin': data.slice(0, half),
    'b.bin': data.slice(half),
  })
}

/** Gives every weight random values, statistics included, so that nothing is hidden by ones and zeros. */
function randomise(model: tf.LayersModel): void {
  for (const layer of model.layers) {
    layer.setWeights(
      layer.getWeights().map((weight) =>
        tf.tensor(
          Float32Array.from({ length: weight.size }, () => random() * 1.2 - (weight.shape.length === 1 ? -0.1 : 0.6)),
          weight.shape,
        ),
      ),
    )
  }
}

async function compare(model: tf.LayersModel, loaded: LoadedNetwork, tolerance = 1e-4): Promise<void> {
  const [, height = size, width = size] = loaded.network.input.shape
  const pixels = Float32Array.from({ length: 2 * height * width * 3 }, () => random() * 2 - 1)
  const input = tf.tensor4d(pixels, [2, height, width, 3])
  const logits = model.predict(input) as tf.Tensor
  const expected = logits.shape.length === 4 ? tf.transpose(logits, [0, 3, 1, 2]) : logits
  const batch = { shape: [2, 3, height, width], data: tf.transpose(input, [0, 3, 1, 2]).dataSync() as Float32Array }
  for (const engine of [tfjsEngine, onnxEngine]) {
    const forward = await engine.forward(loaded.network, { tensors: loaded.tensors })
    const result = (await forward.run(batch))[loaded.network.output]
    await forward.dispose()
    expect(result?.shape, engine.id).toEqual(expected.shape)
    const values = expected.dataSync()
    const difference = Math.max(
      ...values.map((value, index) => Math.abs(value - (result?.data[index] ?? NaN)) / Math.max(1, Math.abs(value))),
    )
    expect(difference, `${engine.id}, seed ${seed}`).toBeLessThan(tolerance)
  }
}

const image = { inputShape: [size, size, 3] }
type Build = () => tf.LayersModel

const chain =
  (...layers: tf.layers.Layer[]): Build =>
  () =>
    tf.sequential({ layers })

function graph(build: (input: tf.SymbolicTensor) => tf.SymbolicTensor): Build {
  return () => {
    const input = tf.input({ shape: [size, size, 3] })
    return tf.model({ inputs: input, outputs: build(input) })
  }
}

const on = (layer: tf.layers.Layer, ...inputs: tf.SymbolicTensor[]): tf.SymbolicTensor =>
  layer.apply(inputs.length === 1 ? (inputs[0] as tf.SymbolicTensor) : inputs) as tf.SymbolicTensor
const conv = (filters: number, more: object = {}): tf.layers.Layer =>
  tf.layers.conv2d({ filters, kernelSize: 3, padding: 'same', ...more })

const models: Readonly<Record<string, Build>> = {
  'Conv2D, same padding, stride 2, even kernel': chain(
    tf.layers.conv2d({
      ...image,
      filters: 4,
      kernelSize: [4, 3],
      strides: [2, 2],
      padding: 'same',
      activation: 'relu',
    }),
  ),
  'Conv2D, valid, dilated': chain(
    tf.layers.conv2d({ ...image, filters: 4, kernelSize: 3, dilationRate: 2, useBias: false }),
  ),
  'DepthwiseConv2D with a multiplier': chain(
    tf.layers.depthwiseConv2d({ ...image, kernelSize: 3, depthMultiplier: 2, strides: [2, 2], padding: 'same' }),
  ),
  SeparableConv2D: chain(
    tf.layers.separableConv2d({
      ...image,
      filters: 5,
      kernelSize: 3,
      strides: [2, 2],
      padding: 'same',
      depthMultiplier: 2,
      activation: 'elu',
    }),
  ),
  'Flatten then Dense': chain(
    conv(4, image),
    tf.layers.flatten(),
    tf.layers.activation({ activation: 'tanh' }),
    tf.layers.dropout({ rate: 0.5 }),
    tf.layers.dense({ units: 5 }),
  ),
  'Flatten at the end': chain(conv(4, image), tf.layers.flatten()),
  'Flatten then BatchNormalization': chain(
    conv(2, image),
    tf.layers.flatten(),
    tf.layers.batchNormalization(),
    tf.layers.dense({ units: 3, useBias: false }),
  ),
  'Dense on a map': chain(conv(4, image), tf.layers.dense({ units: 3, activation: 'sigmoid' })),
  'BatchNormalization without scale': chain(
    conv(4, image),
    tf.layers.batchNormalization({ scale: false, epsilon: 0.01 }),
  ),
  'BatchNormalization without center': chain(conv(4, image), tf.layers.batchNormalization({ center: false })),
  'ReLU with a maximum, LeakyReLU, ELU': chain(
    conv(4, image),
    tf.layers.reLU({ maxValue: 0.7 }),
    tf.layers.leakyReLU({ alpha: 0.2 }),
    tf.layers.elu({ alpha: 1 }),
  ),
  'PReLU per value and per channel': chain(
    conv(4, image),
    tf.layers.prelu({}),
    conv(3),
    tf.layers.prelu({ sharedAxes: [1, 2] }),
  ),
  'ZeroPadding2D and a valid convolution': chain(
    tf.layers.zeroPadding2d({
      ...image,
      padding: [
        [0, 1],
        [2, 3],
      ],
    }),
    tf.layers.conv2d({ filters: 3, kernelSize: 3, strides: 2 }),
  ),
  Cropping2D: chain(
    tf.layers.cropping2D({
      ...image,
      cropping: [
        [1, 2],
        [3, 0],
      ],
    }),
    conv(2),
  ),
  'MaxPooling2D, same': chain(conv(4, image), tf.layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' })),
  'AveragePooling2D, same': chain(
    conv(4, image),
    tf.layers.averagePooling2d({ poolSize: 2, strides: 2, padding: 'same' }),
  ),
  'GlobalMaxPooling2D and Softmax': chain(
    conv(6, image),
    tf.layers.globalMaxPooling2d({}),
    tf.layers.reshape({ targetShape: [1, 1, 6] }),
    tf.layers.conv2d({ filters: 4, kernelSize: 1 }),
    tf.layers.reshape({ targetShape: [4] }),
  ),
  'Reshape between maps': chain(conv(4, image), tf.layers.reshape({ targetShape: [3, 27, 4] }), conv(2)),
  'Reshape to a sequence, Dense on it': chain(
    conv(4, image),
    tf.layers.reshape({ targetShape: [81, 4] }),
    tf.layers.dense({ units: 3 }),
    tf.layers.softmax({ axis: -1 }),
    tf.layers.dense({ units: 2 }),
  ),
  Permute: chain(conv(4, image), tf.layers.permute({ dims: [3, 1, 2] }), conv(2)),
  'UpSampling2D, nearest': chain(conv(2, image), tf.layers.upSampling2d({ size: [2, 3] })),
  'UpSampling2D, bilinear': chain(conv(2, image), tf.layers.upSampling2d({ size: [2, 2], interpolation: 'bilinear' })),
  Rescaling: chain(tf.layers.rescaling({ ...image, scale: 0.5, offset: -0.25 }), conv(2)),
  'Softmax over the channels of a map': chain(conv(4, image), tf.layers.activation({ activation: 'softmax' }), conv(2)),
  'noise does nothing in evaluation': chain(conv(2, image), tf.layers.gaussianNoise({ stddev: 1 }), conv(2)),
  'a residual block and every merge': graph((input) => {
    const a = on(conv(4), input)
    const b = on(conv(4, { activation: 'softplus' }), a)
    const merged = [
      tf.layers.add(),
      tf.layers.multiply(),
      tf.layers.average(),
      tf.layers.maximum(),
      tf.layers.minimum(),
    ].map((merge) => on(merge as tf.layers.Layer, a, b))
    return on(tf.layers.concatenate(), ...merged)
  }),
  'Add of three, squeeze and excitation': graph((input) => {
    const a = on(conv(4), input)
    const gate = on(
      tf.layers.dense({ units: 4, activation: 'hardSigmoid' }),
      on(tf.layers.reshape({ targetShape: [1, 1, 4] }), on(tf.layers.globalAveragePooling2d({}), a)),
    )
    return on(
      tf.layers.dense({ units: 3 }),
      on(
        tf.layers.globalAveragePooling2d({}),
        on(tf.layers.add() as tf.layers.Layer, a, on(tf.layers.multiply() as tf.layers.Layer, a, gate), a),
      ),
    )
  }),
  'a model inside a model': () =>
    tf.sequential({
      layers: [
        tf.sequential({ layers: [conv(4, image), tf.layers.globalAveragePooling2d({})] }),
        tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [4] })] }),
      ],
    }),
  'concatenated vectors, one flattened': graph((input) =>
    on(
      tf.layers.dense({ units: 2 }),
      on(
        tf.layers.concatenate(),
        on(tf.layers.flatten(), on(conv(2), input)),
        on(tf.layers.globalMaxPooling2d({}), input),
      ),
    ),
  ),
}

const activations = [
  'relu',
  'relu6',
  'elu',
  'selu',
  'sigmoid',
  'hardSigmoid',
  'softplus',
  'softsign',
  'tanh',
  'swish',
  'mish',
  'gelu',
  'gelu_new',
] as const
const allActivations = activations.map((name): [string, Build] => [
  `activation ${name}`,
  chain(
    tf.layers.conv2d({ ...image, filters: 3, kernelSize: 1 }),
    tf.layers.activation({ activation: name as 'relu' }),
  ),
])

describe('TensorFlow.js layers models give the same values in both engines', () => {
  it.each([...Object.entries(models), ...allActivations])('%s', async (_, build) => {
    const model = build()
    randomise(model)
    await compare(model, await readNetwork(await saved(model)))
  })
})

describe('the end of a classifier', () => {
  it('becomes a head that gives logits', async () => {
    const model = tf.sequential({
      layers: [
        conv(4, image),
        tf.layers.globalAveragePooling2d({}),
        tf.layers.dense({ units: 3, activation: 'softmax' }),
      ],
    })
    const { network } = await readNetwork(await saved(model))
    expect(network.layers.at(-1)?.operator).toBe('Gemm')
    expect(network.stages.at(-1)?.name).toBe('head')
    expect(network.head?.names).toEqual(['class 0', 'class 1', 'class 2'])
    expect(network.provenance.history.join()).toMatch(/Softmax .* removed/)
  })
})

describe('quantised weights', () => {
  it.each([
    ['uint8', 255],
    ['uint16', 65535],
  ] as const)('of type %s come back within half a step', async (dtype, largest) => {
    const model = models['Conv2D, valid, dilated']?.() as tf.LayersModel
    randomise(model)
    const scale = 1.2 / largest
    const files = await saved(model, (artifacts) => {
      const values = new Float32Array(artifacts.weightData as ArrayBuffer)
      const steps = values.map((value) => Math.round((value + 0.6) / scale))
      const codes = dtype === 'uint8' ? Uint8Array.from(steps) : Uint16Array.from(steps)
      return {
        specs: artifacts.weightSpecs?.map((spec) => ({
          ...spec,
          quantization: { dtype, scale, min: -0.6, original_dtype: 'float32' },
        })),
        data: new Uint8Array(codes.buffer),
      }
    })
    const { tensors } = await readNetwork(files)
    const [kernel] = model.getWeights()
    const expected = tf.transpose(kernel as tf.Tensor, [3, 2, 0, 1]).dataSync()
    const [read] = [...tensors.values()]
    const difference = Math.max(...expected.map((value, index) => Math.abs(value - (read?.data[index] ?? NaN))))
    expect(difference).toBeLessThanOrEqual(scale * 0.51)
  })
})
