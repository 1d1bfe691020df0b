import { describe, expect, it } from 'vitest'
import { graftnet } from '../../architectures/graftnet.js'
import type { Network, Preprocessing } from '../../network.js'
import { nameOfScaling, scalingNamed } from '../../preprocessing/scalings.js'
import { filesInMemory } from '../model-files.js'
import { claimOfKerasFamily } from './keras-families.js'
import { readModelConfig } from './model-config.js'
import { fileAbove, neighbourFiles, withNeighbours } from './neighbours.js'
import { claimOfMetadata } from './onnx-metadata.js'
import { readPreprocessorConfig } from './preprocessor-config.js'
import { originOfTorchvision } from './torchvision-names.js'

// Fault 1 of "Files, folders and networks", 2 of "Model files": what files, metadata and neighbours say is read.

const half = { image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] }
const halves = scalingNamed('minus-one-to-one')

describe('preprocessor_config.json', () => {
  const read = (json: unknown): unknown => readPreprocessorConfig(json)?.preprocessing ?? null

  it.each<readonly [string, unknown, Partial<Preprocessing>]>([
    [
      'ViT: the whole image, stretched',
      {
        do_normalize: true,
        do_rescale: true,
        rescale_factor: 0.00392156862745098,
        ...half,
        resample: 2,
        size: { height: 224, width: 224 },
      },
      { ...halves, resize: 'stretch', cropFraction: 1, interpolation: 'bilinear' },
    ],
    [
      'ResNet, ConvNeXt: a share of the shorter side',
      {
        crop_pct: 0.875,
        do_normalize: true,
        image_mean: [0.485, 0.456, 0.406],
        image_std: [0.229, 0.224, 0.225],
        resample: 3,
        size: { shortest_edge: 224 },
      },
      { mean: [0.485, 0.456, 0.406], resize: 'crop', cropFraction: 0.875, interpolation: 'bicubic' },
    ],
    [
      'ConvNeXt at 384: the whole image',
      { crop_pct: 0.875, ...half, size: { shortest_edge: 384 } },
      { resize: 'stretch', cropFraction: 1 },
    ],
    [
      'DeiT, MobileNet: a crop out of a larger image',
      { ...half, do_center_crop: true, crop_size: 224, size: 256 },
      { resize: 'crop', cropFraction: 0.875 },
    ],
    [
      'CLIP',
      {
        image_mean: [0.48145466, 0.4578275, 0.40821073],
        image_std: [0.26862954, 0.26130258, 0.27577711],
        size: { shortest_edge: 224 },
        crop_size: { height: 224, width: 224 },
        do_center_crop: true,
      },
      { mean: [0.48145466, 0.4578275, 0.40821073], resize: 'crop', cropFraction: 1 },
    ],
    [
      'MobileViT: blue first, 0 to 1',
      {
        do_flip_channel_order: true,
        do_rescale: true,
        do_normalize: false,
        size: { shortest_edge: 288 },
        crop_size: { height: 256, width: 256 },
      },
      { channelOrder: 'bgr', mean: [0, 0, 0], deviation: [1, 1, 1] },
    ],
    [
      'raw bytes',
      { do_rescale: false, do_normalize: false },
      { mean: [0, 0, 0], deviation: [1 / 255, 1 / 255, 1 / 255] },
    ],
    [
      'a factor of 1 / 127.5 with an offset',
      { do_rescale: true, rescale_factor: 1 / 127.5, rescale_offset: true, do_normalize: false },
      halves,
    ],
  ])('%s', (_, json, expected) => {
    const found = read(json) as Preprocessing
    for (const [field, value] of Object.entries(expected))
      if (Array.isArray(value))
        value.forEach((number: number, at) => expect(found[field as 'mean'][at]).toBeCloseTo(number, 9))
      else expect(found[field as keyof Preprocessing]).toBe(value)
  })

  it.each([
    [{}],
    [[1, 2]],
    [null],
    [{ image_mean: 'grey' }],
    [{ ...half, image_std: [0, 0, 0] }],
    [{ feature_size: 80, sampling_rate: 16000 }],
  ])('that says nothing of scaling claims none: %j', (json) => {
    expect((read(json) as Preprocessing | null)?.mean).toBeUndefined()
  })
})

describe('config.json', () => {
  it("has timm's preprocessing, also at the top of older files", () => {
    const cfg = {
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
      crop_pct: 0.9,
      interpolation: 'bicubic',
      input_size: [3, 224, 224],
    }
    const expected = { ...halves, interpolation: 'bicubic', resize: 'crop', cropFraction: 0.9 }
    expect(readModelConfig({ architecture: 'vit', pretrained_cfg: cfg })).toEqual({
      preprocessing: expected,
      size: [224, 224],
    })
    expect(readModelConfig({ architecture: 'vit', ...cfg })?.preprocessing).toEqual(expected)
    expect(readModelConfig({ pretrained_cfg: { ...cfg, crop_mode: 'squash' } })?.preprocessing).toMatchObject({
      resize: 'stretch',
    })
  })

  it("has transformers' class names, unless they are numbers", () => {
    expect(readModelConfig({ id2label: { 0: 'ant', 1: 'bee', 10: 'x' } })).toBeNull()
    expect(readModelConfig({ id2label: { 1: 'bee', 0: 'ant' } })).toEqual({ classNames: ['ant', 'bee'] })
    expect(readModelConfig({ id2label: { 0: 'LABEL_0', 1: 'LABEL_1' } })).toBeNull()
  })
})

describe('the metadata of ONNX files', () => {
  it("is Ultralytics': 0 to 1, its names and their quotes", () => {
    const claim = claimOfMetadata({
      author: 'Ultralytics',
      task: 'classify',
      stride: '1',
      imgsz: '[224, 224]',
      names: `{0: 'tench', 1: "jack-o'-lantern", 2: 'it\\'s'}`,
    })
    expect(claim?.classNames).toEqual(['tench', "jack-o'-lantern", "it's"])
    expect(claim?.preprocessing).toMatchObject({
      mean: [0, 0, 0],
      deviation: [1, 1, 1],
      channelOrder: 'rgb',
      cropFraction: 1,
    })
  })

  it.each([
    ['Bgr8', 'NominalRange_0_255', 'bgr', 'raw values 0..255'],
    ['Rgb8', 'Normalized_0_1', 'rgb', 'scaled to 0..1'],
    ['Rgb8', 'Normalized_1_1', 'rgb', 'scaled to -1..1'],
    ['Bgr8', undefined, 'bgr', 'raw values 0..255'],
  ])("is Windows ML's and Custom Vision's: %s, %s", (format, range, order, name) => {
    const claim = claimOfMetadata({
      'Image.BitmapPixelFormat': format,
      ...(range !== undefined && { 'Image.NominalPixelRange': range }),
    })
    const preprocessing = claim?.preprocessing as Preprocessing
    expect([preprocessing.channelOrder, nameOfScaling(preprocessing)]).toEqual([order, name])
    expect(claim?.reason).toContain(format)
  })

  it('says nothing in files of others', () => {
    expect(claimOfMetadata({ author: 'me', task: 'x' })).toBeNull()
  })
})

describe('families of keras.applications', () => {
  it.each([
    ['resnet50', 'caffe'],
    ['resnet152', 'caffe'],
    ['vgg16', 'caffe'],
    ['vgg19', 'caffe'],
    ['resnet50v2', 'halves'],
    ['mobilenet_1.00_224', 'halves'],
    ['mobilenetv2_1.00_224', 'halves'],
    ['inception_v3', 'halves'],
    ['inception_resnet_v2', 'halves'],
    ['xception', 'halves'],
    ['NASNet', 'halves'],
    ['densenet121', 'imagenet'],
    ['sequential_1', 'none'],
    ['efficientnetb0', 'none'],
    ['MobileNetV3Small', 'halves'],
    ['efficientnetv2-b0', 'halves'],
    ['convnext_tiny', 'imagenet'],
  ])('%s wants %s', (name, expected) => {
    const claim = claimOfKerasFamily(['model', name], false)
    const words: Record<string, string> = { caffe: 'Caffe', halves: '-1..1', imagenet: 'ImageNet' }
    if (expected === 'none') expect(claim).toBeNull()
    else expect(claim && nameOfScaling(claim.scaling)).toContain(words[expected])
  })

  it.each(['efficientnetb0', 'efficientnetv2-b0', 'MobileNetV3Small', 'convnext_tiny'])(
    '%s wants bytes, where it scales inside',
    (name) => {
      expect(claimOfKerasFamily([name], true)?.scaling.deviation[0]).toBe(1 / 255)
      expect(claimOfKerasFamily(['mobilenetv2'], true), 'somebody put layers that scale before it').toBeNull()
    },
  )
})

describe("torchvision's networks", () => {
  it.each([
    ['resnet', ['/layer4/layer4.1/relu_1/Relu', '/fc/Gemm']],
    ['resnet of the new exporter', ['layer4.1.conv2.weight', 'fc.weight']],
    ['mobilenet, folded', ['/features/features.18/features.18.2/Clip', '/classifier/classifier.1/Gemm']],
    ['mobilenet', ['features.18.0.weight', 'classifier.1.weight']],
    ['densenet', ['features.denseblock1.denselayer1.norm1.weight', '/classifier/Gemm']],
    ['regnet', ['/trunk_output/block4/block4-5/activation/Relu', '/fc/Gemm']],
    ['vit', ['encoder.layers.encoder_layer_11.ln_1.weight', 'heads.head.weight']],
    ['shufflenet', ['/stage4/stage4.0/branch2/branch2.0/Conv', '/fc/Gemm']],
    ['mnasnet', ['/layers/layers.16/Relu', '/classifier/classifier.1/Gemm']],
  ])("%s are known with ImageNet's classes, and not when trained anew", (_, names) => {
    expect(originOfTorchvision(names, 1000)).toMatchObject({ how: 'family', certain: true })
    expect(originOfTorchvision(names, 5)).toBeNull()
  })

  it.each([
    [['blocks.0.attn.qkv.weight', 'head.weight']],
    [['stages.0.blocks.0.conv_dw.weight', 'head.fc.weight']],
    [['layer4.1.conv2.weight']],
  ])('are not those of %j', (names) => expect(originOfTorchvision(names, 1000)).toBeNull())
})

describe('files beside a model', () => {
  const network: Network = {
    ...graftnet.build({ classes: 2 }),
    preprocessingOrigin: { how: 'assumed', reason: 'nothing says it', certain: false },
  }
  const openSize = 'image size not fixed in the file: read for 64 x 64'
  const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
  const beside = (entries: Record<string, Uint8Array>, name = 'model.onnx'): Promise<Network> =>
    withNeighbours(network, filesInMemory({ [name]: new Uint8Array(1), ...entries }), name)

  it('are looked for in its folder and those above', () => {
    expect(neighbourFiles('model.onnx')).toEqual(['config.json', 'preprocessor_config.json'])
    expect(neighbourFiles('model.json')).toContain('metadata.json')
    expect(neighbourFiles('onnx/model.onnx')).toContain('preprocessor_config.json')
    expect(neighbourFiles('onnx/model.onnx')).toContain('onnx/preprocessor_config.json')
    expect(neighbourFiles('model.onnx', true)).toEqual([
      ...['../config.json', '../preprocessor_config.json', 'config.json', 'preprocessor_config.json'],
    ])
    expect(['../config.json', 'config.json', '../secret.json', '../../config.json', '../'].map(fileAbove)).toEqual([
      ...['config.json', null, null, null, null],
    ])
  })

  it('say how images are prepared and what classes are called', async () => {
    const found = await beside(
      { 'preprocessor_config.json': json(half), 'config.json': json({ id2label: { 0: 'ant', 1: 'bee' } }) },
      'onnx/model.onnx',
    )
    expect(found.preprocessing).toMatchObject({ ...halves, height: 64, width: 64 })
    expect(found.preprocessingOrigin).toEqual({
      how: 'neighbour',
      reason: 'preprocessor_config.json beside it says so',
      certain: true,
    })
    expect(found.head?.names).toEqual(['ant', 'bee'])
  })

  it("are Teachable Machine's, recognised by what they are", async () => {
    const found = await beside(
      { 'metadata.json': json({ packageName: '@teachablemachine/image', labels: ['a', 'b'] }) },
      'model.json',
    )
    expect(found.preprocessing).toMatchObject({ ...halves, resize: 'crop', cropFraction: 1 })
    expect(await beside({ 'metadata.json': json({ labels: ['a', 'b'] }) }, 'model.json')).toBe(network)
  })

  it('give the size where the file leaves it open, and only there', async () => {
    const size = { size: { height: 96, width: 80 } }
    expect((await beside({ 'preprocessor_config.json': json({ ...half, ...size }) })).input.shape).toEqual([3, 64, 64])
    const files = filesInMemory({ 'preprocessor_config.json': json({ ...half, ...size }) })
    const found = await withNeighbours(
      { ...network, provenance: { ...network.provenance, history: [openSize] } },
      files,
      'model.onnx',
    )
    expect(found.input.shape).toEqual([3, 96, 80])
    expect(found.preprocessing).toMatchObject({ height: 96, width: 80 })
  })

  it('change nothing where they are broken, too large, of another kind, or the file says it itself', async () => {
    expect(await beside({ 'config.json': new TextEncoder().encode('{') })).toBe(network)
    expect(await beside({ 'preprocessor_config.json': json({ ...half, junk: 'x'.repeat(9e6) }) })).toBe(network)
    const known: Network = { ...network, preprocessingOrigin: { how: 'file', reason: 'it says so', certain: true } }
    const files = filesInMemory({ 'preprocessor_config.json': json(half) })
    expect(await withNeighbours(known, files, 'model.onnx')).toBe(known)
  })
})
