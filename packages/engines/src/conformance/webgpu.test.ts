import { existsSync } from 'node:fs'
import { rejectionOf } from '@graft/errors/testing'
import { findOperator } from '@graft/network'
import { beforeAll, describe, expect, it } from 'vitest'
import { singleLabel } from '../tasks/index.js'
import { singleLabelTargets } from '../tasks/testing/single-label-targets.js'
import type { EngineDevice, TrainerSpec } from '../engine.js'
import { createOnnxEngine } from '../onnx/onnx-engine.js'
import { createOnnxForward } from '../onnx/forward.js'
import { loadRuntime } from '../onnx/runtime.js'
import { computeGradients } from '../onnx/training/layer-gradients.js'
import { testNetwork } from '../testing/test-networks.js'
import type { ConformanceCase } from './conformance-case.js'
import { conformanceCases } from './conformance-cases.js'

/**
 * The WebGPU provider against the processor. Where there is no GPU, Chromium's software Vulkan stands in: slow, but it
 * computes the same programs. Every case takes minutes (GRAFT_WEBGPU_CASES=all); by default those that the provider
 * gets wrong by itself, and one of each operator that every network has.
 */
const software = '/usr/lib/chromium/vk_swiftshader_icd.json'
if (process.platform === 'linux' && !existsSync('/dev/dri') && existsSync(software))
  process.env['VK_ICD_FILENAMES'] ??= software

const engine = createOnnxEngine('webgpu')
const { available, problem } = await engine.probe()
const all = process.env['GRAFT_WEBGPU_CASES'] === 'all'
const delicate = [/Pow, one per channel/, /backwards/, /a residual block/, /depthwise, stride 2/]
const usual = new Set([
  'Conv',
  'Gemm',
  'BatchNormalization',
  'MaxPool',
  'GlobalAveragePool',
  'Relu',
  'Add',
  'Softmax',
  'LayerNormalization',
])
const firstOf = new Map([...conformanceCases].reverse().map((entry) => [entry.operator, entry]))
const cases = conformanceCases.filter(
  (entry) =>
    all ||
    (usual.has(entry.operator) && firstOf.get(entry.operator) === entry) ||
    delicate.some((pattern) => pattern.test(entry.title)),
)

describe.skipIf(!available)(`the WebGPU provider (${problem ?? 'found'})`, () => {
  it.each(cases.map((entry) => [entry.operator, entry.title, entry] as const))(
    'gives the values of the processor: %s, %s',
    async (_, __, entry) => {
      expectClose(await valueOn('webgpu', entry), await valueOn('cpu', entry), 'value')
    },
  )

  const trained = cases.filter((entry) => entry.withoutGradient === undefined && !isStochastic(entry))
  it.each(trained.map((entry) => [entry.operator, entry.title, entry] as const))(
    'gives the gradients of the processor: %s, %s',
    async (_, __, entry) => {
      const gradient = Float32Array.from({ length: (await valueOn('cpu', entry)).length }, (_, index) =>
        Math.sin(index),
      )
      const expected = await computeGradients(await loadRuntime('cpu'), { ...entry, gradient })
      const actual = await computeGradients(await loadRuntime('webgpu'), { ...entry, gradient })
      for (const [name, { data }] of [...expected.gradients, ...expected.updates])
        expectClose((actual.gradients.get(name) ?? actual.updates.get(name))?.data ?? new Float32Array(), data, name)
    },
  )

  describe('training', () => {
    const { network, tensors } = testNetwork({ classes: 5, inputSize: 32 })
    const spec: TrainerSpec = {
      tensors,
      optimizer: { name: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.01 },
      loss: singleLabel.loss,
      clipNorm: 1,
      seed: 3,
    }
    const shape = [4, ...network.input.shape]
    const batch = {
      shape,
      data: Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, index) =>
        Math.sin(index * 0.37),
      ),
    }
    let losses: Record<string, { readonly losses: number[]; readonly logits: Float32Array; readonly resumed: number }>

    async function trainOn(device: EngineDevice): Promise<(typeof losses)[string]> {
      const trainer = await createOnnxEngine(device).trainer(network, spec)
      await trainer.prepare?.(4)
      const step = async (index: number): Promise<number> =>
        (await trainer.step(batch, singleLabelTargets([0, 1, 2, 3], 5, { labelSmoothing: 0.1 }), 0.01, index)).loss
      const taken = []
      for (let index = 0; index < 4; index++) taken.push(await step(index))
      const state = await trainer.state()
      const { data } = await trainer.evaluate(batch)
      const next = await step(4)
      await trainer.restore(state)
      const resumed = await step(4)
      expect(resumed, 'a resumed step gives what it gave').toBe(next)
      await trainer.dispose()
      return { losses: taken, logits: data, resumed }
    }

    beforeAll(async () => {
      losses = { cpu: await trainOn('cpu'), webgpu: await trainOn('webgpu') }
    })

    it('takes the steps that the processor takes, and evaluates what came of them', () => {
      const [cpu, webgpu] = [losses['cpu'], losses['webgpu']]
      expect(
        webgpu?.losses.every((loss, index) => Math.abs(loss - (cpu?.losses[index] ?? Number.NaN)) < 1e-3),
        `${webgpu?.losses.join(' ')} and ${cpu?.losses.join(' ')}`,
      ).toBe(true)
      expect(webgpu?.losses.at(-1)).toBeLessThan(webgpu?.losses[0] ?? 0)
      expectClose(webgpu?.logits ?? new Float32Array(), cpu?.logits ?? new Float32Array(), 'logits', 5e-3)
    })
  })
})

describe('a device that is not there', () => {
  it('is an EngineError that says which, and what to do', async () => {
    const cuda = createOnnxEngine('cuda')
    if ((await cuda.probe()).available) return
    const { network, tensors } = testNetwork({ classes: 5, inputSize: 32 })
    expect(await rejectionOf(cuda.forward(network, { tensors }))).toMatch(
      /refused the network .* on cuda: .*--device cpu/s,
    )
  })
})

const isStochastic = ({ network }: ConformanceCase): boolean =>
  network.layers.some((layer) => findOperator(layer.operator).stochastic === true && layer.attributes['ratio'] !== 0)

async function valueOn(device: EngineDevice, { network, tensors, input }: ConformanceCase): Promise<Float32Array> {
  const forward = await createOnnxForward(network, { tensors }, device)
  try {
    return (await forward.run(input))[network.output]?.data ?? new Float32Array()
  } finally {
    await forward.dispose()
  }
}

function expectClose(actual: Float32Array, expected: Float32Array, what: string, tolerance = 2e-4): void {
  expect(actual.length, what).toBe(expected.length)
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1)
  const worst = expected.reduce(
    (error, value, index) => Math.max(error, Math.abs((actual[index] ?? Number.NaN) - value)),
    0,
  )
  expect(worst / scale, `largest difference to the processor, ${what}`).toBeLessThan(tolerance)
}
