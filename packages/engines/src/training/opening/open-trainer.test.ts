import { singleLabel } from '../../tasks/index.js'
import { describe, expect, it } from 'vitest'
import type { Engine, Trainer, TrainerSpec } from '../../engine.js'
import { EngineError } from '../../engine.js'
import { stubEngine } from '../../testing/stub-engine.js'
import { testNetwork } from '../../testing/test-networks.js'
import { openTrainer } from './open-trainer.js'

const { network, tensors } = testNetwork({ classes: 5, inputSize: 32 })
const spec: TrainerSpec = {
  tensors,
  optimizer: { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 },
  loss: singleLabel.loss,
  seed: 1,
}

function engineThat(id: string, prepare: () => Promise<void>): Engine & { disposed: number } {
  const engine = {
    ...stubEngine(id),
    disposed: 0,
    trainer: () =>
      Promise.resolve({ prepare, dispose: () => Promise.resolve(void engine.disposed++) } as unknown as Trainer),
  }
  return engine
}

const refusing = (message: string) => () => Promise.reject(new EngineError(message, ''))
const willing = () => Promise.resolve()

describe('openTrainer', () => {
  it('takes the first engine that can, without a word', async () => {
    const warnings: string[] = []
    const first = engineThat('onnx', willing)
    expect(
      (await openTrainer([first, engineThat('tfjs', willing)], network, spec, 8, (message) => warnings.push(message)))
        .engine,
    ).toBe(first)
    expect(warnings).toEqual([])
  })

  it('passes over an engine that refuses, says why, and frees what it held', async () => {
    const warnings: string[] = []
    const [first, second] = [engineThat('onnx', refusing('Layer "x" is a Foo.')), engineThat('tfjs', willing)]
    expect((await openTrainer([first, second], network, spec, 8, (message) => warnings.push(message))).engine).toBe(
      second,
    )
    expect(warnings).toEqual([
      'Training runs on the engine tfjs, which may be slower: onnx can\'t train this network. Layer "x" is a Foo.',
    ])
    expect([first.disposed, second.disposed]).toEqual([1, 0])
  })

  it('throws the first refusal when no one can', async () => {
    await expect(
      openTrainer(
        [engineThat('onnx', refusing('first')), engineThat('tfjs', refusing('second'))],
        network,
        spec,
        8,
        () => undefined,
      ),
    ).rejects.toThrow('first')
  })

  it('does not hide faults behind another engine', async () => {
    await expect(
      openTrainer(
        [engineThat('onnx', () => Promise.reject(new TypeError('a fault'))), engineThat('tfjs', willing)],
        network,
        spec,
        8,
        () => undefined,
      ),
    ).rejects.toThrow('a fault')
  })
})
