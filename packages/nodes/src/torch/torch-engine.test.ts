import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { anyRun, decodeCheckpoint, encodeCheckpoint, type Engine, onnxEngine } from '@graft/engines'
import type { DatasetValue, MetricsValue } from '@graft/graph-schema'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { sampleData } from '../library/data/sample-data.js'
import { addHead } from '../library/model/add-head.js'
import { freezeRange } from '../library/model/freeze-range.js'
import { loadBackbone } from '../library/model/load-backbone.js'
import { stripHead } from '../library/model/strip-head.js'
import { train } from '../library/training/train.js'
import type { NodeCheckpoints } from '../sdk/node-context.js'
import { readSamples, withSamples } from '../sdk/samples.js'
import type { ModelValue, TrainingDetail } from '../sdk/values.js'
import { createTestContext, type TestContext } from '../testing/test-context.js'
import { programParts } from './engine-parts.js'
import { createTorchEngine, lackOfGpus } from './torch-engine.js'
import { torchOptions } from './torch-options.js'

const torch = createTorchEngine('cpu')
const { available, problem, notes } = await torch.probe()
if (!available) console.log(`skipped: ${problem}`)

const made = createTestContext()
const inputs: { images?: DatasetValue; frozen?: ModelValue; open?: ModelValue; stored?: ModelValue } = {}
let cacheDirectory = ''

beforeAll(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), 'graft-torch-test-'))
  const all = (await sampleData.run({ params: sampleData.params.parse({}), inputs: {}, context: made }))
    .images as DatasetValue
  const samples = await readSamples(all, made.store)
  const few = [0, 1, 2].flatMap((label) => samples.filter((sample) => sample.label === label).slice(0, 4))
  inputs.images = await withSamples({ ...all, split: 'train', classNames: all.classNames.slice(0, 3) }, few, made.store)
  const run = async (node: unknown, given: Record<string, unknown>, params = {}): Promise<ModelValue> => {
    const { params: schema, run: work } = node as typeof addHead
    return (await work({ params: schema.parse(params), inputs: given, context: made } as never)).model as ModelValue
  }
  const stripped = await run(stripHead, { model: await run(loadBackbone, {}) })
  const headed = await run(addHead, { model: stripped, images: inputs.images })
  inputs.frozen = await run(freezeRange, { model: headed })
  inputs.open = await run(freezeRange, { model: headed }, { to: 'stage3', statistics: 'batch' })
  const still = await run(freezeRange, { model: headed }, { action: 'unfreeze', statistics: 'frozen' })
  inputs.stored = await run(freezeRange, { model: still }, { to: 'stage3', statistics: 'frozen' })
})
afterAll(() => rm(cacheDirectory, { recursive: true, force: true }))

interface Trained {
  readonly context: TestContext
  readonly detail: TrainingDetail
  readonly metrics: MetricsValue
}

async function trainWith(
  engine: Engine,
  model: ModelValue | undefined,
  settings: Record<string, unknown>,
  around: { signal?: AbortSignal; checkpoints?: NodeCheckpoints; onEvent?: (context: TestContext) => void } = {},
): Promise<Trained> {
  const { onEvent, ...changes } = around
  const base = createTestContext({ cacheDirectory, engines: { forward: engine, training: engine } })
  const given = { store: made.store, ...changes }
  const context = Object.create(
    base,
    Object.fromEntries(Object.entries(given).map(([name, value]) => [name, { value }])),
  ) as TestContext
  const emit = context.emit.bind(context)
  Object.defineProperty(context, 'emit', { value: (event: never) => (emit(event), onEvent?.(context)) })
  const { images } = inputs
  const params = train.params.parse({ epochs: 3, batchSize: 4, learningRate: 0.01, ...settings })
  const { metrics } = await train.run({
    params,
    inputs: { model: model as ModelValue, train: images as DatasetValue, validation: images },
    context,
  })
  const { detail } = metrics as MetricsValue
  const bytes = await made.store.get((detail as { sha256: string }).sha256)
  return {
    context,
    detail: JSON.parse(new TextDecoder().decode(bytes)) as TrainingDetail,
    metrics: metrics as MetricsValue,
  }
}

const curve = ({ detail }: Trained, wanted: string, split = 'train'): readonly number[] =>
  detail.curves.filter((point) => point.name === wanted && point.split === split).map(({ value }) => value)

function expectClose(values: readonly number[], expected: readonly number[]): void {
  expect(values).toHaveLength(expected.length)
  expected.forEach((value, index) =>
    expect(Math.abs((values[index] ?? Number.NaN) - value), `${index}: ${values[index]}, not ${value}`).toBeLessThan(
      1e-4 * (1 + Math.abs(value)),
    ),
  )
}

describe.skipIf(!available)('the torch engine', () => {
  it('takes the steps of the onnx engine, with its scores, and leaves what is frozen as it was', async () => {
    const there = await trainWith(torch, inputs.frozen, {})
    const onnx = await trainWith(onnxEngine, inputs.frozen, {})
    expect(there.context.messages('warning')).toEqual(onnx.context.messages('warning'))
    expect(there.detail.engine).toBe('torch')
    for (const name of ['stepLoss', 'learningRate', 'loss', 'accuracy'])
      expectClose(curve(there, name), curve(onnx, name))
    expectClose(curve(there, 'loss', 'val'), curve(onnx, 'loss', 'val'))
    expect(there.metrics.values['accuracy']).toBe(onnx.metrics.values['accuracy'])
    expect(Object.keys(there.metrics.values)).toEqual(Object.keys(onnx.metrics.values))
    expect(there.detail.bestEpoch).toBe(onnx.detail.bestEpoch)
    expect(there.detail.freezeProof.length).toBe(onnx.detail.freezeProof.length)
    expect(there.detail.freezeProof.every(({ identical }) => identical)).toBe(true)
    expect(there.detail.prefix).toMatchObject({ cached: 12, computed: 12 })
    // What is frozen is computed once for all trainings of it, other settings included.
    const again = await trainWith(torch, inputs.frozen, { learningRate: 0.02, epochs: 1 })
    expect(again.detail.prefix).toMatchObject({ cached: 24, computed: 0 })
  })

  it('goes on from a checkpoint within an epoch to the same weights', async () => {
    const settings = { batchSize: 1, epochs: 2, averageDecay: 0.9, patience: 5, soup: 2, unfreezeEvery: 1 }
    const whole = await trainWith(torch, inputs.open, settings)
    const controller = new AbortController()
    let kept: Uint8Array | null = null
    const checkpoints: NodeCheckpoints = {
      load: async () => kept,
      isDue: () => true,
      save: async (bytes) => {
        kept = bytes
        controller.abort()
      },
    }
    const interrupted = trainWith(torch, inputs.open, settings, { checkpoints, signal: controller.signal })
    await expect(interrupted).rejects.toMatchObject({ name: 'AbortError' })
    const resumed = await trainWith(torch, inputs.open, settings, {
      checkpoints: { ...checkpoints, save: async () => undefined },
    })
    expect(resumed.context.messages('info').join()).toContain('epoch 1, step 11 of 12')
    expect(resumed.detail.weightsHash).toBe(whole.detail.weightsHash)
    expect(resumed.detail.curves).toEqual(whole.detail.curves)
  })

  it.each([
    ['onnx', torch, onnxEngine],
    ['torch', onnxEngine, torch],
  ])('has checkpoints that other engines go on from, and goes on from theirs: %s', async (_, first, second) => {
    const settings = { batchSize: 5, averageDecay: 0.9 }
    const controller = new AbortController()
    let kept: Uint8Array | undefined
    const checkpoints: NodeCheckpoints = {
      load: async () => null,
      isDue: () => true,
      save: async (bytes) => {
        kept = encodeCheckpoint({ ...decodeCheckpoint(bytes), fingerprint: anyRun })
        controller.abort()
      },
    }
    const stopped = trainWith(first, inputs.open, settings, { checkpoints, signal: controller.signal })
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
    const whole = await trainWith(first, inputs.open, settings)
    const resumed = await trainWith(second, inputs.open, settings, {
      checkpoints: { load: async () => kept ?? null, isDue: () => true, save: async () => undefined },
    })
    expect(resumed.context.messages('info').join()).toContain('Going on from a checkpoint')
    for (const name of ['stepLoss', 'loss', 'accuracy']) expectClose(curve(resumed, name), curve(whole, name))
    expectClose(curve(resumed, 'loss', 'val'), curve(whole, 'loss', 'val'))
    expect(resumed.detail.bestEpoch).toBe(whole.detail.bestEpoch)
  })

  it.each([
    ['onnx', torch, onnxEngine],
    ['torch', onnxEngine, torch],
  ])(
    'joins epochs of its own and of another engine, before and after a stage began to learn: %s',
    async (_, first, second) => {
      // All images are right after the first epoch, which is the best one then.
      const settings = {
        ...{ epochs: 3, batchSize: 1, optimizer: 'sgd', schedule: 'constant', learningRate: 0.02 },
        ...{ monitor: 'accuracy', soup: 3, unfreezeEvery: 1 },
      }
      const controller = new AbortController()
      let kept: Uint8Array | undefined
      const stopped = trainWith(first, inputs.stored, settings, {
        checkpoints: {
          load: async () => null,
          isDue: () => true,
          save: async (bytes) => {
            const checkpoint = decodeCheckpoint(bytes)
            if (checkpoint.epoch !== 1 || checkpoint.position === 0) return
            kept = encodeCheckpoint({ ...checkpoint, fingerprint: anyRun })
            controller.abort()
          },
        },
        signal: controller.signal,
      })
      await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
      const whole = await trainWith(first, inputs.stored, settings)
      const resumed = await trainWith(second, inputs.stored, settings, {
        checkpoints: { load: async () => kept ?? null, isDue: () => true, save: async () => undefined },
      })
      expect(whole.detail.bestEpoch).toBe(1)
      expectClose(curve(resumed, 'loss', 'val'), curve(whole, 'loss', 'val'))
      expect(resumed.detail.joinedEpochs).toEqual(whole.detail.joinedEpochs)
      expect(resumed.metrics.values['loss']).toBeCloseTo(whole.metrics.values['loss'] ?? Number.NaN, 4)
    },
  )

  it('asks for a GPU where it is to train on one, and never takes the processor instead', () => {
    const script = 'import processes; processes.start("cuda")'
    const env = { ...process.env, CUDA_VISIBLE_DEVICES: '', HIP_VISIBLE_DEVICES: '', PYTHONPATH: programParts }
    const python = notes[0]?.split(' at ')[1] ?? ''
    const { status, stderr } = spawnSync(python, ['-c', script], { env, encoding: 'utf8' })
    expect(status).toBe(1)
    expect(stderr).toMatch(/needs a GPU of its own, and PyTorch sees 0/)
  })

  it('joins epochs, unfreezes stages and lets images grow as the onnx engine does', async () => {
    const settings = { epochs: 6, learningRate: 0.002, soup: 3, unfreezeEvery: 1, startSize: 32 }
    const there = await trainWith(torch, inputs.open, settings)
    const onnx = await trainWith(onnxEngine, inputs.open, settings)
    expect(there.detail.engine).toBe('torch')
    for (const [name, split] of [['stepLoss', 'train'] as const, ['loss', 'train'] as const, ['loss', 'val'] as const])
      expectClose(curve(there, name, split), curve(onnx, name, split))
    expect(there.detail.joinedEpochs).toEqual(onnx.detail.joinedEpochs)
    expect(there.detail.aids).toEqual(onnx.detail.aids)
    expect(there.metrics.values['loss']).toBeCloseTo(onnx.metrics.values['loss'] ?? Number.NaN, 4)
    expect(there.detail.freezeProof.every(({ identical }) => identical)).toBe(true)
  })

  it('runs networks as the onnx engine does', async () => {
    const { network } = inputs.frozen as ModelValue
    const { loadModelTensors } = await import('../library/support/model-weights.js')
    const tensors = await loadModelTensors(inputs.frozen as ModelValue, made.store)
    const shape = [2, ...network.input.shape]
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, at) => Math.sin(at))
    const [first, second] = await Promise.all(
      [torch, onnxEngine].map(async (engine) => {
        const forward = await engine.forward(network, { tensors })
        const values = (await forward.run({ shape, data }))[network.output]
        await forward.dispose()
        return values
      }),
    )
    expect(first?.shape).toEqual(second?.shape)
    expectClose([...(first?.data ?? [])], [...(second?.data ?? [])])
    await expect(torch.forward(network, { tensors, outputs: [network.layers[0]?.name ?? ''] })).rejects.toThrow(
      /last value only/,
    )
  })
})

describe.skipIf(!available || process.platform !== 'linux').each([2, 4])(
  'the torch engine with %i processes',
  (processes) => {
    const together = createTorchEngine('cpu', torchOptions({ processes }))
    // Batch statistics, of batches that the processes can't share evenly; the last batch has two images only.
    const settings = { optimizer: 'sgd', batchSize: 5, epochs: 3 }
    let whole: Trained | undefined

    it('learns what one process learns, in the same order', async () => {
      const alone = await trainWith(torch, inputs.open, settings)
      whole = await trainWith(together, inputs.open, settings)
      for (const name of ['stepLoss', 'loss', 'accuracy']) expectClose(curve(whole, name), curve(alone, name))
      expectClose(curve(whole, 'loss', 'val'), curve(alone, 'loss', 'val'))
      expect(whole.detail.freezeProof.every(({ identical }) => identical)).toBe(true)
    })

    it('survives a worker that is killed, and ends with the weights of an undisturbed run', async () => {
      let killed = 0
      const survived = await trainWith(together, inputs.open, settings, {
        onEvent: ({ events }) => {
          const steps = events.filter((event) => event.type === 'metric' && event.name === 'stepLoss').length
          if (steps < 5 || killed > 0) return
          const worker = workers().at(-1)
          // 0 would be this process's own group.
          if (worker === undefined) return
          killed = worker
          process.kill(worker, 'SIGKILL')
        },
      })
      expect(killed).toBeGreaterThan(0)
      expect(survived.context.messages('warning').join()).toMatch(
        new RegExp(`of ${processes} (ended by itself|lost the others).*goes on from epoch [12]`),
      )
      expect(survived.detail.weightsHash).toBe(whole?.detail.weightsHash)
      expect(survived.detail.curves).toEqual(whole?.detail.curves)
      expect(workers()).toEqual([])
    })
  },
)

describe.skipIf(!available || process.platform !== 'linux')('the torch engine on two machines', () => {
  const settings = { optimizer: 'sgd', batchSize: 5, epochs: 3 }
  const none: NodeCheckpoints = { load: async () => null, isDue: () => true, save: async () => undefined }

  /** Both machines on this one; the second one's checkpoints are told. */
  async function trainOnBoth(
    given: readonly (Uint8Array | null)[],
    saved: Uint8Array[] = [],
  ): Promise<readonly Trained[]> {
    const rendezvous = `127.0.0.1:${await freePort()}`
    return Promise.all(
      given.map((bytes, nodeRank) => {
        const engine = createTorchEngine('cpu', torchOptions({ nodes: 2, nodeRank, rendezvous }))
        const save = async (state: Uint8Array): Promise<void> => void (nodeRank === 1 && saved.push(state))
        return trainWith(engine, inputs.open, settings, { checkpoints: { ...none, load: async () => bytes, save } })
      }),
    )
  }

  it('goes on from the newest checkpoint that any of them has, and each ends with the whole result', async () => {
    const saved: Uint8Array[] = []
    const [whole] = await trainOnBoth([null, null], saved)
    const [older = null, newer = null] = saved
    // With other weights, so that beginning anew, or with the older one, ends elsewhere.
    const changed = otherWeights(newer)
    const [both] = await trainOnBoth([changed, changed])
    expect(both?.detail.weightsHash).not.toBe(whole?.detail.weightsHash)
    for (const given of [
      [null, changed],
      [older, changed],
    ])
      for (const one of await trainOnBoth(given)) {
        expect(one.detail.weightsHash).toBe(both?.detail.weightsHash)
        expect(one.detail.curves).toEqual(both?.detail.curves)
        expect(one.metrics.values).toEqual(both?.metrics.values)
      }
  })
})

function otherWeights(bytes: Uint8Array | null): Uint8Array {
  const checkpoint = decodeCheckpoint(bytes ?? new Uint8Array())
  for (const { data } of checkpoint.trainer.weights.values()) data[0] = (data[0] ?? 0) + 0.1
  return encodeCheckpoint(checkpoint)
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

describe('GPUs for the torch engine', () => {
  const found = { path: '/python', torch: '2.9.1', gpus: ['H200', 'H200'] }

  it('are as many as there are processes, or it says how many there are', () => {
    expect(lackOfGpus(found, { processes: 2 })).toBeNull()
    expect(lackOfGpus(found, { processes: 3 })).toMatch(/3 processes need a GPU each.*--processes 2/)
    expect(lackOfGpus({ ...found, gpus: [] }, { processes: 1 })).toMatch(/sees no GPU/)
  })

  it('are asked about again where the environment hides others', async () => {
    const before = await createTorchEngine('cuda').installed?.()
    for (const name of ['CUDA_VISIBLE_DEVICES', 'HIP_VISIBLE_DEVICES', 'PYTHONPATH']) {
      vi.stubEnv(name, '/elsewhere')
      expect(await createTorchEngine('cuda').installed?.()).not.toBe(before)
      vi.unstubAllEnvs()
    }
  })
})

/** Processes that this one has started to train, oldest first. */
function workers(): readonly number[] {
  const parentOf = (stat: string): number => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const isOurs = parentOf(readFileSync(`/proc/${pid}/stat`, 'utf8')) === process.pid
        return isOurs && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('drive.py')
      } catch {
        return false
      }
    })
    .map(Number)
    .toSorted((one, other) => one - other)
}
