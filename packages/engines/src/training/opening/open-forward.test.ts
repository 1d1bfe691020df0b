import { describe, expect, it } from 'vitest'
import type { Engine, EngineDevice, Forward } from '../../engine.js'
import { EngineError } from '../../engine.js'
import { stubEngine } from '../../testing/stub-engine.js'
import { testNetwork } from '../../testing/test-networks.js'
import { openForward } from './open-forward.js'

const { network, tensors } = testNetwork({ classes: 5, inputSize: 32 })

interface Watched extends Engine {
  runs: number
  disposed: number
}

function engineThat(
  device: EngineDevice,
  {
    open = () => Promise.resolve(),
    run = () => Promise.resolve(),
  }: { open?: () => Promise<void>; run?: () => Promise<void> } = {},
): Watched {
  const forward: Forward = {
    run: async () => {
      engine.runs++
      await run()
      return {}
    },
    dispose: () => Promise.resolve(void engine.disposed++),
  }
  const engine: Watched = {
    ...stubEngine('onnx', { device }),
    runs: 0,
    disposed: 0,
    forward: () => open().then(() => forward),
  }
  return engine
}

const refuse = (message: string) => () => Promise.reject(new EngineError(message, ''))

describe('openForward', () => {
  it('takes the first engine, without a trial run on the processor and without a word', async () => {
    const warnings: string[] = []
    const cpu = engineThat('cpu')
    expect(
      (await openForward([cpu, engineThat('webgpu')], network, { tensors }, (message) => warnings.push(message)))
        .engine,
    ).toBe(cpu)
    expect([cpu.runs, warnings]).toEqual([0, []])
  })

  it.each([
    ['opened', { open: refuse('The driver is too old. Update it.') }, 0],
    ['run', { run: refuse('The driver is too old. Update it.') }, 1],
  ] as const)(
    'falls back when a GPU fails as it is %s, says which, why and what to do, and frees it',
    async (_, failing, disposed) => {
      const warnings: string[] = []
      const [gpu, cpu] = [engineThat('webgpu', failing), engineThat('cpu')]
      expect((await openForward([gpu, cpu], network, { tensors }, (message) => warnings.push(message))).engine).toBe(
        cpu,
      )
      expect(warnings).toEqual([
        "The network runs on the engine onnx, which may be slower: onnx on webgpu can't run it. The driver is too old. Update it.",
      ])
      expect(gpu.disposed).toBe(disposed)
    },
  )

  it('throws the first refusal when no one can, and does not hide faults', async () => {
    await expect(
      openForward(
        [engineThat('webgpu', { open: refuse('first') }), engineThat('cpu', { open: refuse('second') })],
        network,
        { tensors },
        () => undefined,
      ),
    ).rejects.toThrow('first')
    await expect(
      openForward(
        [engineThat('webgpu', { run: () => Promise.reject(new TypeError('a fault')) }), engineThat('cpu')],
        network,
        { tensors },
        () => undefined,
      ),
    ).rejects.toThrow('a fault')
  })
})
