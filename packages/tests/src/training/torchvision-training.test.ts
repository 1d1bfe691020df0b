import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onnxEngine, type OptimizerSpec } from '@graft/engines'
import { type LoadedNetwork, type Network, readNetwork } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { afterAll, describe, expect, it } from 'vitest'

const python = '/usr/bin/python3'
const [size, steps] = [64, 30]
const classes = 5

/**
 * Learning rates by run. Fresh networks are chaotic, most of all with batch statistics: the rates move the loss by several percent, and yet
 * PyTorch's own curves in float32 and float64 stay within 2e-4 of each other, so that a limit of 1e-3 means something.
 */
const models: readonly { readonly name: string; readonly batch: number; readonly rates: Readonly<Record<string, number>> }[] = [
  { name: 'resnet18', batch: 16, rates: { 'sgd frozen': 1e-5, 'sgd batch': 1e-5, 'adamw frozen': 2e-6, 'adamw batch': 2e-6 } },
  { name: 'mobilenet_v2', batch: 16, rates: { 'sgd frozen': 1e-3, 'sgd batch': 1e-6, 'adamw frozen': 1e-5, 'adamw batch': 1e-6 } },
  { name: 'VisionTransformer', batch: 8, rates: { 'sgd frozen': 1e-4, 'adamw batch': 1e-5 } },
]
/** By default one run per optimizer and policy; all of them on demand. */
const isRun = (run: string): boolean => process.env['GRAFT_ALL_MODELS'] === '1' || !['sgd batch', 'adamw frozen'].includes(run)
const optimizers: Readonly<Record<string, OptimizerSpec>> = {
  sgd: { name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 1e-2 },
  adamw: { name: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 1e-2 },
}

const hasTorchvision = spawnSync(python, ['-c', 'import torch, torchvision']).status === 0
if (!hasTorchvision) console.log(`skipped: ${python} has no torch and torchvision (apt-get install python3-torchvision) to train the reference with`)

const directory = mkdtempSync(join(tmpdir(), 'graft-training-'))
afterAll(() => rmSync(directory, { recursive: true }))

function trainWithPyTorch({ name, batch, rates }: (typeof models)[number]): Readonly<Record<string, readonly number[]>> {
  const script = fileURLToPath(new URL('train_torchvision.py', import.meta.url))
  const printed = execFileSync(python, [script, directory, name, String(size), String(batch), String(steps), JSON.stringify(Object.fromEntries(Object.entries(rates).filter(([run]) => isRun(run))))], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  return JSON.parse(printed.slice(printed.indexOf('{"'))) as Readonly<Record<string, readonly number[]>>
}

/** The file's constants that are a network's own parameters (biases and position embeddings that are added) train too; statistics follow the policy. */
function forTraining({ network }: LoadedNetwork, statistics: 'frozen' | 'batch'): Network {
  const operands = new Set(network.layers.map((layer) => layer.parameters['operand']))
  return {
    ...network,
    layers: network.layers.map((layer) => (layer.operator === 'BatchNormalization' ? { ...layer, statistics } : layer)),
    parameters: Object.fromEntries(Object.entries(network.parameters).map(([name, parameter]) => [name, operands.has(name) && parameter.shape.length > 0 ? { ...parameter, trainable: true } : parameter])),
  }
}

async function trainWithGraft(model: string, batch: number, run: string, rate: number): Promise<number[]> {
  const [name = '', statistics] = run.split(' ')
  const optimizer = optimizers[name]
  if (!optimizer) throw new Error(`no optimizer ${name}`)
  const loaded = await readNetwork(await openModelFiles(join(directory, `${model}.onnx`)))
  const trainer = await onnxEngine.trainer(forTraining(loaded, statistics as 'frozen' | 'batch'), { tensors: loaded.tensors, optimizer, loss: { labelSmoothing: 0 }, seed: 1 })
  const bytes = readFileSync(join(directory, 'batches.f32'))
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
  const length = values.length / 3
  const losses: number[] = []
  for (let step = 0; step < steps; step++) {
    const index = step % 3
    const labels = Int32Array.from({ length: batch }, (_, row) => ((index * batch + row) * 3) % classes)
    const result = await trainer.step({ shape: [batch, 3, size, size], data: values.slice(index * length, (index + 1) * length) }, labels, rate, step)
    losses.push(result.loss)
  }
  await trainer.dispose()
  return losses
}

describe.skipIf(!hasTorchvision)(`${steps} steps of torchvision networks at ${size} pixels give the losses of PyTorch`, () => {
  it.each(models.map((model) => [model.name, model] as const))('%s', async (name, model) => {
    for (const [run, expected] of Object.entries(trainWithPyTorch(model))) {
      const actual = await trainWithGraft(name, model.batch, run, model.rates[run] ?? 0)
      const worst = expected.reduce((largest, loss, step) => Math.max(largest, Math.abs((actual[step] ?? NaN) / loss - 1)), 0)
      expect(worst, `${name}, ${run}: ${actual.join(' ')} against ${expected.join(' ')}`).toBeLessThan(1e-3)
      // The comparison means something only if the weights have moved.
      const moved = expected.reduce((largest, loss, step) => Math.max(largest, Math.abs(loss - (expected[step % 3] ?? NaN))), 0)
      expect(moved, `${name}, ${run}: movement of the loss of the same batch`).toBeGreaterThan(0.01)
    }
  }, 600_000)
})
