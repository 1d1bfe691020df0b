import { textOf } from '@graft/errors'
import { describe, expect, it } from 'vitest'
import { graftnet } from '../architectures/graftnet.js'
import { findArchitecture } from '../architectures/index.js'
import { classifierHead } from '../head.js'
import { imageNetClasses } from '../image-net-classes.js'
import type { Network, Tensors } from '../network.js'
import { stripHead } from '../surgery/strip-head.js'
import { loadTensors } from '../values/tensors.js'
import { isBindable } from './bind-weights.js'
import { chooseFit } from './binding/choose-fit.js'
import { filesInMemory } from './model-files.js'
import { readNetwork } from './read-network.js'
import { openSafetensors, safetensorsFormat, writeSafetensors } from './safetensors/index.js'

const network: Network = {
  ...graftnet.build({ classes: 3, inputSize: 32, seed: 9 }),
  name: 'flowers',
  head: { task: 'multi-label', names: ['rose', 'lily', 'iris'], thresholds: [0.5, 0.4, 0.6] },
  provenance: { source: 'somewhere', licence: 'CC0', history: ['trained 3 epochs on flowers'] },
}
const tensors = await loadTensors(network, () => Promise.reject(new Error('no blobs')))

const written = async (given: Network, values: Tensors = tensors): Promise<Uint8Array> =>
  (await safetensorsFormat.writers?.[0]?.write(given, values)) ?? new Uint8Array()
const read = (bytes: Uint8Array, architecture?: string): ReturnType<typeof readNetwork> =>
  readNetwork(filesInMemory({ 'model.safetensors': bytes }), architecture === undefined ? {} : { architecture })
const problemOf = async (bytes: Uint8Array, architecture?: string): Promise<string> =>
  read(bytes, architecture).then(() => 'was read', textOf)
const withoutSources = (given: Network): unknown => ({
  ...given,
  parameters: Object.entries(given.parameters).map(([key, { shape, trainable }]) => [key, shape, trainable]),
})

describe('weights of another architecture than the one that was asked for', () => {
  it('are said to be those of the other', async () => {
    const built = findArchitecture('squeezenet1_1').build({ classes: 2, inputSize: 64, seed: 1 })
    const bare = writeSafetensors(await loadTensors(built, () => Promise.reject(new Error('no blobs'))))
    expect(await problemOf(bare, 'squeezenet1_0')).toMatch(/are not those of squeezenet1_0: .*squeezenet1_1/)
  })
})

describe('weights that Graft wrote', () => {
  it('come back as the network that they were: layers, stages, classes, freezing, values', async () => {
    const frozen: Network = {
      ...network,
      parameters: Object.fromEntries(
        Object.entries(network.parameters).map(([key, parameter]) => [
          key,
          { ...parameter, trainable: key.startsWith('head') },
        ]),
      ),
    }
    const loaded = await read(await written(frozen))
    expect(withoutSources(loaded.network)).toEqual(withoutSources(frozen))
    expect(loaded.network.parameters['head.fc.weight']?.source.kind).toBe('blob')
    for (const [key, { data }] of tensors) expect(loaded.tensors.get(key)?.data, key).toEqual(data)
  })

  it('come back without a head, too', async () => {
    const stripped = stripHead(network)
    const loaded = await read(await written(stripped))
    expect(withoutSources(loaded.network)).toEqual(withoutSources(stripped))
  })

  it('are refused when another program has taken some away', async () => {
    const fewer = new Map([...tensors].filter(([key]) => key !== 'head.fc.bias'))
    const { metadata } = openSafetensors(await written(network))
    expect(await problemOf(writeSafetensors(fewer, metadata))).toMatch(/1 of \d+ are missing \(head\.fc\.bias\)/)
  })
})

describe('bare weights', () => {
  const bare = writeSafetensors(tensors)

  it('are bound to the architecture that their names are of, with as many classes as they have', async () => {
    for (const architecture of [undefined, 'graftnet']) {
      const loaded = await read(bare, architecture)
      expect(loaded.network.layers).toEqual(graftnet.build({ classes: 3 }).layers)
      expect(loaded.network.input.shape).toEqual([3, 64, 64])
      expect(loaded.network.head).toEqual(classifierHead(['class 0', 'class 1', 'class 2']))
      expect(loaded.network.preprocessingOrigin).toMatchObject({ how: 'family', certain: false })
      expect(loaded.tensors.get('head.fc.weight')?.data).toEqual(tensors.get('head.fc.weight')?.data)
    }
  })

  it('take name, classes and preprocessing from what older versions of Graft wrote beside them', async () => {
    const metadata = {
      name: 'flowers',
      preprocessing: JSON.stringify(network.preprocessing),
      class_names: JSON.stringify(network.head?.names),
    }
    const loaded = await read(writeSafetensors(tensors, metadata))
    expect(loaded.network).toMatchObject({
      name: 'flowers',
      head: classifierHead(['rose', 'lily', 'iris']),
    })
    expect(loaded.network.input.shape).toEqual([3, 32, 32])
    expect(loaded.network.preprocessing).toEqual(network.preprocessing)
  })

  it('are bound without a classifier when they have none', async () => {
    const trunk = new Map([...tensors].filter(([key]) => !key.startsWith('head')))
    const loaded = await read(writeSafetensors(trunk))
    expect(loaded.network.head).toBeNull()
    expect(loaded.network.output).toBe('stage5.1.activation')
  })

  it('are refused with the first tensors that are missing, unexpected or of another shape', async () => {
    const changed: Tensors = new Map(tensors)
    for (const key of ['stage1.0.depthwise.weight', 'stage2.0.depthwise.weight']) changed.delete(key)
    changed.set('fc.extra', { shape: [2], data: new Float32Array(2) })
    changed.set('stem.conv.weight', { shape: [8, 3, 3, 3], data: new Float32Array(216) })
    const said = await problemOf(writeSafetensors(changed))
    expect(said).toMatch(/2 of \d+ are missing \(stage1\.0\.depthwise\.weight, stage2\.0\.depthwise\.weight\)/)
    expect(said).toMatch(/1 are not of it \(fc\.extra\)/)
    expect(said).toMatch(/1 have another shape \(stem\.conv\.weight is \[8, 3, 3, 3\], expected \[16, 3, 3, 3\]\)/)
  })

  it('of an unknown network are refused with what can be built', async () => {
    const other = writeSafetensors(new Map([['layer1.0.conv1.weight', { shape: [1], data: new Float32Array(1) }]]))
    expect(await problemOf(other)).toMatch(/weights only: 1 tensors \(layer1\.0\.conv1\.weight\).*ResNet.*ONNX/)
    expect(await problemOf(other, 'graftnet')).toMatch(/names are not those of graftnet/)
    expect(await problemOf(bare, 'resnet')).toMatch(/no architecture "resnet".*graftnet/)
    expect(isBindable(openSafetensors(other))).toBe(false)
    expect(isBindable(openSafetensors(bare))).toBe(true)
  })
})

describe('weights of a network that people name', () => {
  const shufflenet = findArchitecture('shufflenet_v2_x0_5').build({ classes: 1000, inputSize: 64, seed: 3 })
  const fresh = loadTensors(shufflenet, () => Promise.reject(new Error('no blobs')))
  const under = async (rename: (name: string) => string): Promise<Tensors> =>
    new Map([...(await fresh)].map(([name, tensor]) => [rename(name), tensor]))
  const one = { shape: [1], data: new Float32Array(1) }

  it('are found behind the prefixes of training programs, and counters of batches are passed over', async () => {
    const wrapped = (await under((name) => `module._orig_mod.${name}`)).set(
      'module._orig_mod.bn1.num_batches_tracked',
      one,
    )
    const loaded = await read(writeSafetensors(wrapped))
    expect(loaded.network).toMatchObject({ name: 'shufflenet_v2_x0_5', head: classifierHead(imageNetClasses) })
    expect(loaded.tensors.get('fc.weight')?.data).toEqual((await fresh).get('fc.weight')?.data)
  })

  it('with a classifier of another kind are loaded without it, which the history says', async () => {
    const loaded = await read(writeSafetensors(await under((name) => name.replace(/^fc\./, 'fc.1.'))))
    expect(loaded.network.head).toBeNull()
    expect(loaded.network.provenance.history.join()).toMatch(/2 tensors that are not of it left out/)
  })

  it('that several networks share are those of the network that the file is called after', () => {
    const { parameters } = findArchitecture('tf_efficientnet_b0').build({ classes: 3 })
    const shapes = new Map(Object.entries(parameters).map(([name, { shape }]) => [name, shape]))
    const named = (label: string): string => chooseFit(shapes, label).architecture.id
    expect(named('tf_efficientnet_b0_aa-827b6e33.pth')).toBe('tf_efficientnet_b0')
    expect(named('model.safetensors')).toBe('efficientnet_b0')
    expect(chooseFit(shapes, 'model.safetensors').others.map(({ id }) => id)).toEqual(['tf_efficientnet_b0'])
  })
})
