import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onnxEngine, openOnnxFile } from '@graft/engines'
import type { Sample } from '@graft/graph-schema'
import {
  type AttributeValue,
  encodeOnnxModel,
  filesInMemory,
  type LoadedNetwork,
  readNetwork,
  tensorOf,
  toOnnxModel,
  typedAttributes,
} from '@graft/network'
import { createImageLoader, embeddedBackbones, loadEmbeddedBackbone } from '@graft/nodes'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/*
 * ONNX files that take bytes and prepare them in their graph, as other programs write them: what onnxruntime answers to the
 * bytes of an image, Graft answers to its file.
 */
const folder = mkdtempSync(join(tmpdir(), 'graft-onnx-bytes-'))
afterAll(() => rmSync(folder, { recursive: true }))

type Line = readonly [operator: string, inputs: string, output: string, attributes?: Record<string, AttributeValue>]

const side = 64
/** Shorter side to 72, as torchvision's Resize computes it. */
const shorterSide: readonly Line[] = [
  ['Shape', 'image', 'size', { start: 1, end: 3 }],
  ['ReduceMin', 'size', 'shorter', { keepdims: 1 }],
  ['Mul', 'size seventyTwo', 'times'],
  ['Div', 'times shorter', 'sizes'],
  ['Shape', 'image', 'batch', { start: 0, end: 1 }],
  ['Concat', 'batch three sizes', 'target', { axis: 0 }],
  ['Resize', 'planes none none target', 'resized', { mode: 'linear' }],
  ['CenterCropPad', 'resized window', 'cut', { axes: [2, 3] }],
]
const bytesToPlanes: readonly Line[] = [
  ['Cast', 'image', 'floats', { to: 1 }],
  ['Transpose', 'floats', 'planes', { perm: [0, 3, 1, 2] }],
]
const standardised = (from: string): readonly Line[] => [
  ['Div', `${from} most`, 'unit'],
  ['Sub', 'unit mean', 'centred'],
  ['Div', 'centred deviation', 'NET'],
]

const fronts: Readonly<Record<string, readonly Line[]>> = {
  'scaling and layout': [...bytesToPlanes, ...standardised('planes')],
  'reversed channels': [
    ...bytesToPlanes,
    ['Gather', 'planes turned', 'reversed', { axis: 1 }],
    ...standardised('reversed'),
  ],
  'reversed channels by a step back, between bounds that bound nothing': [
    ...bytesToPlanes,
    ['Slice', 'planes last beginning channels back', 'reversed'],
    ['Clip', 'reversed nought most', 'kept'],
    ...standardised('kept'),
  ],
  'a stretch': [
    ...bytesToPlanes,
    ['Resize', 'planes none none fixed', 'resized', { mode: 'linear' }],
    ...standardised('resized'),
  ],
  'the shorter side and the middle': [...bytesToPlanes, ...shorterSide, ...standardised('cut')],
}

const mean = [0.485, 0.456, 0.406]
const deviation = [0.229, 0.224, 0.225]

/** The network behind these steps; ONNX of operator set 18 for CenterCropPad. */
function withFront({ network, tensors }: LoadedNetwork, lines: readonly Line[]): Uint8Array {
  const isOpen = lines.some(([operator]) => operator === 'Resize' || operator === 'CenterCropPad')
  const plain = toOnnxModel({ ...network, head: network.head }, tensors)
  const nodes = lines.map(([operator, inputs, output, attributes = {}]) => ({
    name: output,
    operator,
    domain: '',
    inputs: inputs.split(' ').map((name) => (name === 'none' ? '' : name)),
    outputs: [output === 'NET' ? network.input.name : output],
    attributes: typedAttributes(attributes),
  }))
  const whole = (name: string, ...values: number[]) => tensorOf(name, 'int64', [values.length], values)
  const constants = [
    ...[whole('turned', 2, 1, 0), whole('fixed', 1, 3, side, side), whole('seventyTwo', 72), whole('three', 3)],
    ...[whole('window', side, side), tensorOf('most', 'float32', [], [255])],
    ...[whole('first', 0), whole('last', -1), whole('beginning', -1000), whole('back', -1)],
    ...[whole('channels', 1), whole('lastAxis', 3)],
    ...[tensorOf('nought', 'float32', [], [0]), tensorOf('hundred', 'float32', [], [100])],
    ...[tensorOf('mean', 'float32', [1, 3, 1, 1], mean), tensorOf('deviation', 'float32', [3, 1, 1], deviation)],
  ]
  return encodeOnnxModel({
    ...plain,
    metadata: {},
    opsetImports: [{ domain: '', version: 18 }],
    graph: {
      ...plain.graph,
      nodes: [...nodes, ...plain.graph.nodes],
      initializers: [...plain.graph.initializers, ...constants],
      inputs: [{ name: 'image', type: 'uint8', shape: ['N', ...(isOpen ? ['height', 'width'] : [side, side]), 3] }],
    },
  })
}

/** A photo without loss, of this size. */
async function photo(width: number, height: number): Promise<{ sample: Sample; pixels: Uint8Array }> {
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, index) => 127 + 120 * Math.sin(index / 37))
  const path = join(folder, `${width}x${height}.png`)
  await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(path)
  return { sample: { id: path, path, label: 0, fingerprint: path }, pixels }
}

describe('an ONNX file that takes bytes and prepares them by', () => {
  let embedded: LoadedNetwork
  beforeAll(async () => {
    embedded = await loadEmbeddedBackbone(embeddedBackbones[0]!)
  })

  // Sizes that need no resizing: what resizing does differs from program to program.
  it.each([
    ['scaling and layout', 64, 64],
    ['reversed channels', 64, 64],
    ['reversed channels by a step back, between bounds that bound nothing', 64, 64],
    ['a stretch', 64, 64],
    ['the shorter side and the middle', 90, 72],
  ] as const)('%s gives the answers of onnxruntime, and trains on', async (how, width, height) => {
    const bytes = withFront(embedded, fronts[how] ?? [])
    const { sample, pixels } = await photo(width, height)
    const file = await openOnnxFile(bytes)
    const theirs = Object.values(await file.run({ shape: [1, height, width, 3], data: pixels }))[0]
    await file.close()
    const { network, tensors } = await readNetwork(filesInMemory({ 'model.onnx': bytes }))
    expect(network.preprocessingOrigin).toMatchObject({ how: 'graph', certain: true })
    expect(network.input.shape).toEqual([3, side, side])
    // What doesn't resize says nothing of larger images.
    const resizes = (fronts[how] ?? []).some(([operator]) => operator === 'Resize')
    const preprocessing = resizes ? network.preprocessing : { ...network.preprocessing, resize: 'stretch' as const }
    const loader = createImageLoader({
      samples: [sample],
      transforms: [],
      preprocessing,
      seed: 0,
    })
    const forward = await onnxEngine.forward(network, { tensors })
    const ours = (await forward.run(await loader.load([0], 0)))[network.output]
    await Promise.all([forward.dispose(), loader.close()])
    const size = Math.max(...(theirs ?? []).map(Math.abs))
    expect(ours?.data).toHaveLength(theirs?.length ?? 0)
    ours?.data.forEach((value, index) => expect(Math.abs(value - (theirs?.[index] ?? NaN)) / size).toBeLessThan(1e-5))
    expect(Object.values(network.parameters).filter(({ trainable }) => trainable).length).toBeGreaterThan(10)
  })

  it('the shorter side says so in the network’s own settings', async () => {
    const { network } = await readNetwork(
      filesInMemory({ 'm.onnx': withFront(embedded, fronts['the shorter side and the middle'] ?? []) }),
    )
    expect(network.preprocessing).toMatchObject({
      resize: 'crop',
      height: side,
      width: side,
      channelOrder: 'rgb',
      mean,
      deviation,
    })
    expect(network.preprocessing.cropFraction).toBeCloseTo(64 / 72, 5)
    expect(network.preprocessingOrigin?.reason).toMatch(/single pixels where Graft takes averages/)
  })

  it.each([
    [
      'padding to a square',
      [
        ['Pad', 'image edges', 'padded'],
        ['Cast', 'padded', 'NET', { to: 1 }],
      ],
      /node "padded" \(Pad\)/,
    ],
    [
      'channels one by one',
      [
        ['Split', 'image', 'r', { axis: 3, num_outputs: 3 }],
        ['Cast', 'image', 'NET', { to: 1 }],
      ],
      /2 nodes read it apart/,
    ],
    [
      'cutting bytes off at 100',
      [
        ['Clip', 'image nought hundred', 'clipped'],
        ['Cast', 'clipped', 'NET', { to: 1 }],
      ],
      /node "clipped" \(Clip\)/,
    ],
    [
      'the first channel alone',
      [
        ['Slice', 'image first beginning lastAxis back', 'one'],
        ['Cast', 'one', 'NET', { to: 1 }],
      ],
      /node "one" \(Slice\)/,
    ],
    [
      'cutting what was not resized',
      [...bytesToPlanes, ['CenterCropPad', 'planes window', 'NET', { axes: [2, 3] }]],
      /size still hangs on the image/,
    ],
  ] as const)('%s is refused by name', async (_, lines, message) => {
    const bytes = withFront(embedded, lines as readonly Line[])
    await expect(readNetwork(filesInMemory({ 'm.onnx': bytes }))).rejects.toThrow(message)
  })
})
