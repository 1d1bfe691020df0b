import { describe, expect, it } from 'vitest'
import type { Engine, EngineDevice, EngineInfo, EngineSpeed } from '../engine.js'
import { convolutionProblem, productProblem } from '../measuring/measured-networks.js'
import { stubEngine, stubInfo } from '../testing/stub-engine.js'
import { testNetwork } from '../testing/test-networks.js'
import { chooseEngines } from './choose-engines.js'
import type { ChooseOptions } from './choose-engines.js'
import { estimateTime } from './estimate-time.js'
import type { Measurement, Measurements } from './measurements.js'
import { problemKey, speedKey } from './measurements.js'

const auto = { engine: 'auto', device: 'auto' } as const
const { network } = testNetwork({ classes: 5, inputSize: 32 })

function speedOf(factor: number, changes: Partial<EngineSpeed> = {}): EngineSpeed {
  return {
    convolution: 100 * factor,
    depthwise: 10 * factor,
    matrixProduct: 100 * factor,
    callMilliseconds: 0,
    trainedConvolution: 100 * factor,
    trainedDepthwise: 10 * factor,
    trainedMatrixProduct: 100 * factor,
    trainedParameters: 100 * factor,
    stepMilliseconds: 0,
    ...changes,
  }
}

function fake(id: string, device: EngineDevice, changes: Partial<EngineInfo> = {}): Engine & { probes: number } {
  const engine = {
    ...stubEngine(id, { device }),
    probes: 0,
    probe: () => {
      engine.probes++
      return Promise.resolve(stubInfo(id, { hardware: device, backend: device, ...changes }))
    },
  }
  return engine
}

function remembering(
  entries: Record<string, Measurement> = {},
): Measurements & { readonly entries: Record<string, Measurement> } {
  return {
    entries,
    read: (key) => Promise.resolve(entries[key] ?? null),
    write: (key, value) => Promise.resolve(void (entries[key] = value)),
    remove: (key) => Promise.resolve(void delete entries[key]),
  }
}

/** Options with a measurement for every engine that is in order; the rounds say what each measuring gives. */
function options(
  available: readonly Engine[],
  rounds: readonly (readonly number[])[],
  measurements = remembering(),
): ChooseOptions & { readonly measured: string[]; readonly progress: string[] } {
  const measured: string[] = []
  const progress: string[] = []
  const measure = (engine: Engine): Promise<EngineSpeed> => {
    const round = measured.filter((name) => name === `${engine.id} ${engine.device}`).length
    measured.push(`${engine.id} ${engine.device}`)
    return Promise.resolve(speedOf(rounds[round]?.[available.indexOf(engine)] ?? 0))
  }
  const onProgress = (message: string): unknown => progress.push(message)
  return { available, cores: 2, measurements, measure, measured, progress, onProgress }
}

describe('chooseEngines', () => {
  const [cpu, gpu, tfjs] = [fake('onnx', 'cpu'), fake('onnx', 'webgpu'), fake('tfjs', 'cpu')]

  it('takes what is clearly faster, says why, and keeps the processor as a stand-in', async () => {
    const asked = options(
      [cpu, gpu, tfjs],
      [
        [1, 3, 0.1],
        [1, 3, 0.1],
      ],
    )
    const chosen = await chooseEngines(auto, network, asked)
    expect([chosen.forward, chosen.training]).toEqual([gpu, gpu])
    expect(chosen.fallback).toEqual([cpu, tfjs])
    expect(chosen.reason).toMatch(
      /^onnx on webgpu: expected for 16 images.*training step: onnx [\d.]+ ms, onnx on webgpu [\d.]+ ms, tfjs/,
    )
    expect(asked.progress).toEqual([
      'Measuring how fast onnx, onnx on webgpu, tfjs are on this machine; once, a few seconds…',
    ])
  })

  it('keeps the first of the list unless another is clearly faster', async () => {
    const chosen = await chooseEngines(
      auto,
      network,
      options(
        [cpu, gpu],
        [
          [1, 1.19],
          [1, 1.19],
        ],
      ),
    )
    expect([chosen.forward, chosen.training]).toEqual([cpu, cpu])
    expect(
      (
        await chooseEngines(
          auto,
          network,
          options(
            [cpu, gpu],
            [
              [1, 1.21],
              [1, 1.21],
            ],
          ),
        )
      ).training,
    ).toBe(gpu)
  })

  it('is not taken in by a first measurement that something else disturbed', async () => {
    const asked = options(
      [cpu, tfjs],
      [
        [0.05, 0.1],
        [1, 0.1],
      ],
    )
    expect((await chooseEngines(auto, network, asked)).training).toBe(cpu)
    expect(asked.measured).toEqual(['onnx cpu', 'tfjs cpu', 'onnx cpu', 'tfjs cpu'])
  })

  it('does not measure for a job that is too short for it to pay, and says so; for a long one, or one of unknown length, it does', async () => {
    const short = options(
      [cpu, gpu],
      [
        [1, 3],
        [1, 3],
      ],
    )
    const chosen = await chooseEngines(auto, network, { ...short, workload: { forward: 400, training: 1000 } })
    expect([chosen.training, short.measured, short.progress]).toEqual([cpu, [], []])
    expect(chosen.reason).toMatch(
      /^onnx: the first that works; measuring the others would take longer .*\("graft doctor"/,
    )
    for (const workload of [null, { forward: 400, training: 1e7 }, { forward: 1e7, training: 0 }]) {
      const long = options(
        [cpu, gpu],
        [
          [1, 3],
          [1, 3],
        ],
      )
      expect((await chooseEngines(auto, network, { ...long, workload })).training).toBe(gpu)
    }
    const known = options(
      [cpu, gpu],
      [
        [1, 3],
        [1, 3],
      ],
    )
    await chooseEngines(auto, network, known)
    expect(
      (await chooseEngines(auto, network, { ...known, workload: { forward: 1, training: 1 } })).training,
      'what is known already counts',
    ).toBe(gpu)
  })

  it('measures once per machine: the same choice again without measuring or a word', async () => {
    const measurements = remembering()
    const first = await chooseEngines(
      auto,
      network,
      options(
        [cpu, gpu],
        [
          [1, 3],
          [1, 3],
        ],
        measurements,
      ),
    )
    const again = options([cpu, gpu], [], measurements)
    const second = await chooseEngines(auto, network, again)
    expect([second.forward, second.training, second.reason]).toEqual([first.forward, first.training, first.reason])
    expect([again.measured, again.progress]).toEqual([[], []])
  })

  it('does not measure to the end what is far behind in all of a forward pass, and does not measure the preferred one with anything in view', async () => {
    const asked: [string, readonly boolean[] | null][] = []
    const whole = { convolution: 100, depthwise: 10, matrixProduct: 50, callMilliseconds: 1 }
    const oneByOne = (figures: EngineSpeed): Partial<EngineSpeed>[] =>
      Object.keys(figures).map((_, index) => Object.fromEntries(Object.entries(figures).slice(0, index + 1)))
    const measureAs =
      (figures: EngineSpeed): NonNullable<ChooseOptions['measure']> =>
      async (engine, enough) => {
        asked.push([engine.id, enough ? oneByOne(figures).map(enough) : null])
        return engine === cpu ? { ...speedOf(1), ...whole } : figures
      }
    const behind = { convolution: 30, depthwise: 3, matrixProduct: 16, callMilliseconds: 2 }
    for (const figures of [behind, { ...behind, depthwise: 4 }, { ...behind, callMilliseconds: 0.5 }])
      await chooseEngines(auto, network, { ...options([cpu, tfjs], []), measure: measureAs(figures) })
    expect(asked.filter(([name]) => name === 'onnx').every(([, answers]) => answers === null)).toBe(true)
    expect(asked.filter(([name]) => name === 'tfjs').map(([, answers]) => answers)).toEqual([
      [false, false, false, true],
      [false, false, false, false],
      [false, false, false, false],
    ])
  })

  it('does not measure where there is no choice', async () => {
    for (const [wish, available] of [
      [{ engine: 'onnx', device: 'cpu' }, [cpu, gpu, tfjs]],
      [{ engine: 'auto', device: 'webgpu' }, [cpu, gpu, tfjs]],
      [
        { engine: 'onnx', device: 'auto' },
        [cpu, fake('onnx', 'webgpu', { available: false, problem: 'no adapter' }), tfjs],
      ],
    ] as const) {
      const asked = options(available, [])
      const chosen = await chooseEngines(wish, network, asked)
      expect([asked.measured, asked.progress, chosen.reason]).toEqual([[], [], null])
      expect(chosen.training.device).toBe(wish.device === 'webgpu' ? 'webgpu' : 'cpu')
    }
  })

  it('asks no other device when one was named', async () => {
    const other = fake('onnx', 'webgpu')
    await chooseEngines({ engine: 'onnx', device: 'cpu' }, network, options([cpu, other, tfjs], []))
    expect(other.probes).toBe(0)
  })

  it('remembers for a day that a device is not there', async () => {
    const missing = fake('onnx', 'webgpu', { available: false, problem: 'no adapter' })
    const measurements = remembering()
    for (let run = 0; run < 2; run++) await chooseEngines(auto, network, options([cpu, missing], [[1]], measurements))
    expect(missing.probes).toBe(1)
    measurements.entries[problemKey(missing)] = {
      time: new Date(Date.now() - 25 * 3600 * 1000).toISOString(),
      problem: 'no adapter',
    }
    await chooseEngines(auto, network, options([cpu, missing], [[1]], measurements))
    expect(missing.probes).toBe(2)
  })

  it('leaves out what cannot be measured, and does not try again at every run', async () => {
    const measurements = remembering()
    const asked = {
      ...options([cpu, gpu], [[1]], measurements),
      measure: (engine: Engine) =>
        engine === gpu ? Promise.reject(new Error('device lost')) : Promise.resolve(speedOf(1)),
    }
    expect((await chooseEngines(auto, network, asked)).training).toBe(cpu)
    expect(asked.progress.at(-1)).toMatch(/onnx on webgpu could not be measured.*device lost/)
    const again = options([cpu, gpu], [], measurements)
    await chooseEngines(auto, network, again)
    expect(again.measured).toEqual([])
  })

  it('goes by the list where nothing is known and nothing may be measured', async () => {
    const chosen = await chooseEngines(auto, network, {
      available: [cpu, gpu, tfjs],
      cores: 2,
      measurements: remembering(),
      measure: null,
    })
    expect([chosen.forward, chosen.training]).toEqual([cpu, cpu])
  })

  it('chooses for the network at hand: for products what is good at products, for convolutions what is good at those', async () => {
    const measurements = remembering({
      [speedKey(await cpu.probe())]: { time: '', speed: speedOf(1) },
      [speedKey(await gpu.probe())]: {
        time: '',
        speed: { ...speedOf(0.1), matrixProduct: 1000, trainedMatrixProduct: 1000, trainedParameters: 1000 },
      },
    })
    const known = { available: [cpu, gpu], cores: 2, measurements, measure: null }
    expect((await chooseEngines(auto, convolutionProblem(64, 1, 'trained').network, known)).training).toBe(cpu)
    expect((await chooseEngines(auto, productProblem(1024, 'trained', 1).network, known)).training).toBe(gpu)
  })

  it('falls back to the processor with a warning when the device asked for is not there', async () => {
    const missing = fake('onnx', 'webgpu', { available: false, problem: 'no adapter. Install a driver.' })
    const chosen = await chooseEngines({ engine: 'auto', device: 'webgpu' }, network, options([cpu, missing, tfjs], []))
    expect([chosen.forward, chosen.training]).toEqual([cpu, cpu])
    expect(chosen.warnings).toEqual([
      'Everything runs on onnx instead of webgpu. onnx on webgpu: no adapter. Install a driver.',
    ])
  })
})

describe('estimateTime', () => {
  it('adds up the work by kind, the parameters to change and the cost of a call', () => {
    const { network: convolutions } = convolutionProblem(128, 128, 'trained')
    const macs = 2 * 128 * 9 * 56 * 56
    const time = estimateTime(convolutions, speedOf(1, { callMilliseconds: 5, stepMilliseconds: 7 }))
    expect(time.forward).toBeCloseTo(5 + (2 * macs * 16) / 10e6, 3)
    expect(time.training).toBeCloseTo(7 + (6 * macs * 16) / 10e6 + (2 * 128 * 9 + 4 * 128) / 100e3, 3)
  })

  it('counts a training step only for what comes behind the frozen part', () => {
    const { network: whole } = productProblem(64, 'trained', 1)
    const frozen = {
      ...whole,
      parameters: { ...whole.parameters, 'hidden weight': { ...whole.parameters['hidden weight']!, trainable: false } },
    }
    expect(estimateTime(frozen, speedOf(1)).training).toBeCloseTo(estimateTime(whole, speedOf(1)).training / 2, 6)
  })

  it('expects for ever from what was too slow to be measured, and nothing from what it does not have to do', () => {
    const { network: product } = productProblem(64, 'trained', 1)
    expect(estimateTime(product, speedOf(1, { matrixProduct: 0 })).forward).toBe(Number.POSITIVE_INFINITY)
    expect(estimateTime(product, speedOf(1, { convolution: 0, depthwise: 0 })).forward).toBeGreaterThan(0)
    expect(estimateTime(product, speedOf(1, { convolution: 0, depthwise: 0 })).forward).toBeLessThan(1)
    const { trainedParameters: _, ...unknown } = speedOf(1)
    expect(estimateTime(product, unknown).training).toBe(Number.POSITIVE_INFINITY)
  })
})
