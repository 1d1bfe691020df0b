import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { engines, onnxEngine } from '@graft/engines'
import { countParameters, createRandom, type LoadedNetwork, normal, readNetwork } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import * as onnxruntime from 'onnxruntime-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const python = '/usr/bin/python3'
const seed = 23
const images = 2
const size = 224

interface Case {
  readonly name: string
  /** Export that keeps batch normalisation, as for further training; the usual one folds it into the convolutions. */
  readonly preserve?: boolean
}

const usual: readonly Case[] = [
  { name: 'resnet18' },
  { name: 'resnet18', preserve: true },
  { name: 'mobilenet_v2' },
  { name: 'mobilenet_v3_small' },
  { name: 'efficientnet_b0' },
]
const others = [
  'mobilenet_v2:preserve',
  'mobilenet_v3_small:preserve',
  'efficientnet_b0:preserve',
  'resnet50',
  'squeezenet1_1',
  'shufflenet_v2_x0_5',
  'regnet_y_400mf',
  'densenet121',
  'googlenet',
  'mnasnet0_5',
  'vgg11_bn',
  'convnext_tiny',
  'vit_b_16',
]
/** Networks without batch normalisation, of which exporters leave every weight as it is. */
const unfolded = ['squeezenet1_1', 'convnext_tiny', 'vit_b_16']
const caseOf = (entry: string): Case => ({
  name: entry.replace(':preserve', ''),
  preserve: entry.endsWith(':preserve'),
})
/**
 * Minutes of work and a gigabyte of disk: on demand. `1` adds all of them; a list (`resnet50,mobilenet_v2:preserve`)
 * adds those.
 */
const wanted = process.env['GRAFT_ALL_MODELS'] ?? ''
const cases = [
  ...usual,
  ...(wanted === '1' ? others : wanted.split(',').filter((entry) => others.includes(entry))).map(caseOf),
]

const hasTorchvision = spawnSync(python, ['-c', 'import torch, torchvision']).status === 0
if (!hasTorchvision)
  console.log(
    `skipped: ${python} has no torch and torchvision (apt-get install python3-torchvision) to export ONNX files with`,
  )

const fileOf = ({ name, preserve }: Case): string => (preserve === true ? `${name}-preserve.onnx` : `${name}.onnx`)

function randomImages(): Float32Array {
  const random = createRandom(seed)
  return Float32Array.from({ length: images * 3 * size * size }, () => normal(random))
}

async function runFile(path: string, data: Float32Array): Promise<Float32Array> {
  const session = await onnxruntime.InferenceSession.create(path)
  const result = await session.run({ input: new onnxruntime.Tensor('float32', data, [images, 3, size, size]) })
  await session.release()
  return result['logits']?.data as Float32Array
}

/** Largest difference over the largest magnitude. */
function relativeDifference(expected: Float32Array, actual: Float32Array): number {
  expect(actual.length).toBe(expected.length)
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  expect(scale).toBeGreaterThan(0)
  return (
    expected.reduce((largest, value, index) => Math.max(largest, Math.abs(value - (actual[index] ?? NaN))), 0) / scale
  )
}

describe.skipIf(!hasTorchvision)(`ONNX files exported by torchvision (seed ${seed})`, () => {
  let directory = ''

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'graft-torchvision-'))
    const script = fileURLToPath(new URL('export_torchvision.py', import.meta.url))
    const exported = spawnSync(
      python,
      [script, directory, ...cases.map(({ name, preserve }) => (preserve === true ? `${name}:preserve` : name))],
      { encoding: 'utf8' },
    )
    if (exported.status !== 0) throw new Error(`export failed: ${exported.stderr}`)
  }, 600_000)

  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  describe.each(cases)('$name (preserve batch norm: $preserve)', (entry) => {
    let loaded: LoadedNetwork
    let expected: Float32Array
    const data = randomImages()

    beforeAll(async () => {
      const path = join(directory, fileOf(entry))
      loaded = await readNetwork(await openModelFiles(path))
      expected = await runFile(path, data)
    })

    it.each(engines.map((engine) => engine.id))(
      'gives what onnxruntime gives for the file itself, in the %s engine',
      async (id) => {
        const engine = engines.find((candidate) => candidate.id === id)
        const forward = await engine?.forward(loaded.network, { tensors: loaded.tensors })
        const result = await forward?.run({ shape: [images, 3, size, size], data })
        await forward?.dispose()
        expect(relativeDifference(expected, result?.[loaded.network.output]?.data ?? new Float32Array())).toBeLessThan(
          1e-4,
        )
      },
    )

    it('gives that too in the form that the onnx engine takes for many images', async () => {
      const forward = await onnxEngine.forward(loaded.network, { tensors: loaded.tensors, many: true })
      const result = await forward.run({ shape: [images, 3, size, size], data })
      await forward.dispose()
      expect(relativeDifference(expected, result[loaded.network.output]?.data ?? new Float32Array())).toBeLessThan(1e-4)
    })

    it.runIf(entry.preserve === true || unfolded.includes(entry.name))(
      'has everything that PyTorch learns as trainable parameters, and nothing else',
      async () => {
        const count = Number(await readFile(join(directory, `${fileOf(entry)}.count`), 'utf8'))
        expect(countParameters(loaded.network)).toEqual({ total: count, trainable: count })
      },
    )

    it('has a head stage of its own behind stages to cut and freeze at', () => {
      expect(loaded.network.stages.length).toBeGreaterThan(3)
      expect(loaded.network.stages.at(-1)?.name).toBe('head')
      expect(loaded.network.stages.at(-1)?.layers).toContain(loaded.network.output)
    })
  })

  it('names layers and weights as PyTorch does', async () => {
    const { network } = await readNetwork(await openModelFiles(join(directory, 'resnet18-preserve.onnx')))
    const names = network.layers.map((layer) => layer.name)
    expect(names).toEqual(
      expect.arrayContaining(['conv1', 'bn1', 'layer1.0.conv1', 'layer2.0.downsample.0', 'layer4.1.bn2', 'fc']),
    )
    expect(network.stages.map((stage) => stage.name)).toEqual(['stem', 'layer1', 'layer2', 'layer3', 'layer4', 'head'])
    const keys = Object.keys(network.parameters)
    expect(keys).toEqual(expect.arrayContaining(['conv1.weight', 'bn1.running_mean', 'fc.weight', 'fc.bias']))
    expect(network.parameters['bn1.running_mean']?.trainable).toBe(false)
    expect(network.parameters['bn1.weight']?.trainable).toBe(true)
  })

  it('keeps the weights bit for bit', async () => {
    const path = join(directory, 'resnet18-preserve.onnx')
    const { tensors } = await readNetwork(await openModelFiles(path))
    const bytes = await readFile(path)
    const weight = tensors.get('fc.weight')
    expect(weight?.shape).toEqual([1000, 512])
    expect(bytes.includes(Buffer.from(weight?.data.buffer ?? new ArrayBuffer(0)))).toBe(true)
  })
})
