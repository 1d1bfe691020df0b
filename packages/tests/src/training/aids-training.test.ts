import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type FitOptions, fit, type ImageSource, onnxEngine } from '@graft/engines'
import { classifierHead, createRandom, type Layer, type Network, normal, type Tensors } from '@graft/network'
import { afterAll, describe, expect, it } from 'vitest'

const python = process.env['GRAFT_TORCH_PYTHON'] ?? '/usr/bin/python3'
const folder = mkdtempSync(join(tmpdir(), 'graft-aids-'))
afterAll(() => rmSync(folder, { recursive: true }))

const hasTorch = spawnSync(python, ['-c', 'import torch, numpy']).status === 0
if (!hasTorch)
  console.log(`skipped: ${python} has no torch (apt-get install python3-torch) to train the reference with`)

const shape = [3, 4, 4] as const
const widths = { first: [10, 48], second: [8, 10], head: [3, 8] } as const
const seed = 31

/** Three linear layers, each a stage, with tanh between them. */
function smallNetwork(): { readonly network: Network; readonly tensors: Tensors } {
  const layer = (name: string, operator: string, inputs: readonly string[], rest: Partial<Layer> = {}): Layer => ({
    ...{ name, operator, inputs, parameters: {}, attributes: {} },
    ...rest,
  })
  const linear = (name: string, input: string): Layer =>
    layer(name, 'Gemm', [input], {
      parameters: { weight: `${name}.weight`, bias: `${name}.bias` },
      attributes: { transB: 1 },
    })
  const shapes = Object.entries(widths).flatMap(([name, [rows, columns]]) => [
    [`${name}.weight`, [rows, columns]] as const,
    [`${name}.bias`, [rows]] as const,
  ])
  const random = createRandom(seed)
  const source = { kind: 'initializer', initializer: { name: 'zeros' }, seed: 0 } as const
  const network: Network = {
    format: 'graft-network',
    version: 1,
    name: 'three stages',
    input: { name: 'input', shape: [...shape] },
    layers: [
      layer('flatten', 'Flatten', ['input'], { attributes: { axis: 1 } }),
      linear('first', 'flatten'),
      layer('first.tanh', 'Tanh', ['first']),
      linear('second', 'first.tanh'),
      layer('second.tanh', 'Tanh', ['second']),
      linear('head', 'second.tanh'),
    ],
    output: 'head',
    parameters: Object.fromEntries(shapes.map(([name, own]) => [name, { shape: own, trainable: true, source }])),
    stages: [
      { name: 'first', layers: ['flatten', 'first', 'first.tanh'] },
      { name: 'second', layers: ['second', 'second.tanh'] },
      { name: 'head', layers: ['head'] },
    ],
    preprocessing: {
      ...{ height: 4, width: 4, resize: 'stretch', cropFraction: 1, interpolation: 'bilinear', channelOrder: 'rgb' },
      ...{ mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] },
    } as Network['preprocessing'],
    head: classifierHead(['ant', 'bee', 'cat']),
    provenance: { source: 'test', licence: null, history: [] },
  }
  const tensors = new Map(
    shapes.map(([name, own]) => {
      const size = own.reduce<number>((product, side) => product * side, 1)
      return [name, { shape: own, data: Float32Array.from({ length: size }, () => normal(random) * 0.3) }]
    }),
  )
  return { network, tensors }
}

interface Images extends ImageSource {
  readonly values: Float32Array
}

function imagesOf(count: number, own: number): Images {
  const size = 48
  const random = createRandom(own)
  const labels = Array.from({ length: count }, (_, index) => index % 3)
  const values = Float32Array.from(
    { length: count * size },
    (_, place) => normal(random) + (Math.floor(place / size) % 3 === place % 3 ? 0.8 : 0),
  )
  return {
    ...{ count, labels, values, random: false },
    key: (index) => `${own} ${index}`,
    load: async (indices) => ({
      shape: [indices.length, ...shape],
      data: Float32Array.from(indices.flatMap((index) => [...values.subarray(index * size, (index + 1) * size)])),
    }),
  }
}

type Aid = Pick<
  FitOptions['settings'],
  'averageDecay' | 'soup' | 'unfreezeEvery' | 'monitor' | 'learningRate' | 'batchSize'
>

const common = {
  epochs: 6,
  batchSize: 6,
  learningRate: 0.2,
  backboneMultiplier: 1,
  weightDecay: 0,
  shuffle: false,
  optimizer: 'sgd',
  momentum: 0.9,
  nesterov: false,
  schedule: 'constant',
  restoreBest: false,
  seed,
} as const

function withPyTorch(
  tensors: Tensors,
  train: Images,
  validation: Images | undefined,
  settings: object,
): { readonly joined: readonly number[]; readonly weights: Readonly<Record<string, readonly number[]>> } {
  const part = ({ count, values, labels }: Images) => ({ shape: [count, ...shape], images: [...values], labels })
  const problem = {
    weights: Object.fromEntries([...tensors].map(([name, one]) => [name, { shape: one.shape, data: [...one.data] }])),
    train: part(train),
    ...(validation && { validation: part(validation) }),
    settings,
  }
  writeFileSync(join(folder, 'problem.json'), JSON.stringify(problem))
  const script = fileURLToPath(new URL('train_aids.py', import.meta.url))
  return JSON.parse(execFileSync(python, [script, folder], { encoding: 'utf8' })) as ReturnType<typeof withPyTorch>
}

describe.skipIf(!hasTorch)('training aids end with the weights of PyTorch', () => {
  const cases: readonly (readonly [string, Aid, boolean])[] = [
    ['none, for comparison', {}, false],
    ['a moving average', { averageDecay: 0.8 }, false],
    ['a moving average that never leaves its first steps', { averageDecay: 0.999 }, false],
    ['the mean of the last epochs', { soup: 3 }, false],
    ['a greedy soup of the best epochs', { soup: 4, monitor: 'loss', learningRate: 0.7, batchSize: 4 }, true],
    ['gradual unfreezing, with a fresh optimizer for each part', { unfreezeEvery: 2 }, false],
  ]

  it.each(cases)('%s', async (_, aid, validated) => {
    const { network, tensors } = smallNetwork()
    const train = imagesOf(24, 1)
    const validation = validated ? imagesOf(18, 2) : undefined
    const settings = { ...common, ...aid }
    const reference = withPyTorch(tensors, train, validation, settings)
    const engines = { forward: onnxEngine, training: onnxEngine }
    const result = await fit({ network, tensors, engines, train, settings, ...(validation && { validation }) })
    if (validated) {
      expect(reference.joined.length, 'epochs worth joining').toBeGreaterThan(1)
      expect(result.joinedEpochs).toEqual(reference.joined)
    }
    for (const [name, values] of Object.entries(reference.weights)) {
      const ours = result.tensors.get(name)?.data ?? new Float32Array()
      const moved = Math.max(...values.map((value, index) => Math.abs(value - (tensors.get(name)?.data[index] ?? NaN))))
      const apart = Math.max(...values.map((value, index) => Math.abs(value - (ours[index] ?? NaN))))
      expect(moved, `${name} has moved`).toBeGreaterThan(0.01)
      expect(apart / moved, name).toBeLessThan(1e-4)
    }
  })
})
