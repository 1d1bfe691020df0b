import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeSafetensors } from '@graft/network'
import type { Network, Tensors } from '@graft/network'
import { describe, expect, it } from 'vitest'
import type { Batch, OptimizerSpec, Trainer, TrainerSpec } from '../engine.js'
import { singleLabel, type TargetOptions } from '../tasks/index.js'
import { singleLabelTargets } from '../tasks/testing/single-label-targets.js'
import { startTensorFlow } from './backends.js'
import { randomBatch, testNetwork } from '../testing/test-networks.js'
import { createTfjsEngine } from './tfjs-engine.js'

const engine = createTfjsEngine({ backend: 'wasm' })
const classes = 5
const { network, tensors } = testNetwork({ classes, inputSize: 32 })
const batches = [0, 1, 2].map((index) => randomBatch([8, 3, 32, 32], 100 + index))
const smoothed = { labelSmoothing: 0.1 }
const targetsOf = (labels: ArrayLike<number>, options: TargetOptions = smoothed): Batch =>
  singleLabelTargets(labels, classes, options)
const labels = batches.map((_, index) => Int32Array.from({ length: 8 }, (__, row) => (row * 3 + index) % classes))
const sgd: OptimizerSpec = { name: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.01 }
const adam: OptimizerSpec = { name: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 }

function withStatistics(statistics: 'frozen' | 'batch'): Network {
  return { ...network, layers: network.layers.map((layer) => (layer.statistics ? { ...layer, statistics } : layer)) }
}

/** Frozen up to stage 3, running statistics included. */
function partlyFrozen(): Network {
  const frozen = /^(stem|stage[123])\b/
  return {
    ...network,
    layers: network.layers.map((layer) =>
      layer.statistics && frozen.test(layer.name) ? { ...layer, statistics: 'frozen' } : layer,
    ),
    parameters: Object.fromEntries(
      Object.entries(network.parameters).map(([name, parameter]) => [
        name,
        { ...parameter, trainable: parameter.trainable && !frozen.test(name) },
      ]),
    ),
  }
}

async function takeSteps(
  trainer: Trainer,
  count: number,
  learningRate = 0.01,
  from = 0,
  options: TargetOptions = smoothed,
): Promise<{ losses: number[]; norms: number[] }> {
  const losses: number[] = []
  const norms: number[] = []
  for (let step = from; step < from + count; step++) {
    const result = await trainer.step(
      batches[step % 3] ?? batches[0]!,
      targetsOf(labels[step % 3] ?? labels[0]!, options),
      learningRate,
      step,
    )
    losses.push(result.loss)
    norms.push(result.gradientNorm)
  }
  return { losses, norms }
}

interface ReferenceCase extends Omit<TrainerSpec, 'tensors' | 'seed' | 'loss'> {
  readonly loss: TargetOptions
  readonly title: string
  readonly network: Network
  readonly learningRate: number
}

const referenceCases: readonly ReferenceCase[] = [
  {
    title: 'SGD with Nesterov momentum, batch statistics',
    network,
    optimizer: sgd,
    learningRate: 0.003,
    loss: { labelSmoothing: 0 },
  },
  {
    title: 'SGD with plain momentum, frozen statistics',
    network: withStatistics('frozen'),
    optimizer: { ...sgd, nesterov: false },
    learningRate: 0.01,
    loss: { labelSmoothing: 0 },
  },
  {
    title: 'Adam, class weights and label smoothing',
    network,
    optimizer: adam,
    learningRate: 2e-4,
    loss: { labelSmoothing: 0.1, classWeights: [1, 2, 0.5, 3, 1] },
  },
  {
    title: 'AdamW, frozen statistics',
    network: withStatistics('frozen'),
    optimizer: { ...adam, name: 'adamw', weightDecay: 0.1 },
    learningRate: 1e-3,
    loss: { labelSmoothing: 0 },
  },
  {
    title: 'gradient clipping',
    network,
    optimizer: sgd,
    learningRate: 0.05,
    loss: { labelSmoothing: 0 },
    clipNorm: 0.5,
  },
  {
    title: 'partly frozen, own learning rates',
    network: partlyFrozen(),
    optimizer: sgd,
    learningRate: 0.01,
    loss: { labelSmoothing: 0 },
    learningRateScale: { 'head.fc.weight': 5, 'head.fc.bias': 5, 'stage4.0.pointwise.weight': 0.1 },
  },
]

interface Reference {
  readonly losses: readonly number[]
  readonly norms: readonly number[]
  readonly evaluated: readonly number[]
  readonly magnitudes: Readonly<Record<string, number>>
}

const python = process.env['GRAFT_PYTHON'] ?? '/usr/bin/python3'

function pytorchMissing(): string | null {
  try {
    execFileSync(python, ['-c', 'import torch, numpy'], { stdio: 'pipe' })
    return null
  } catch (error) {
    return `${python} has no torch (${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)})`
  }
}

function trainWithPyTorch(steps: number): readonly Reference[] {
  const directory = mkdtempSync(join(tmpdir(), 'graft-trainer-'))
  try {
    const all: Tensors = new Map([...tensors, ...batches.map((batch, index) => [`batch.${index}`, batch] as const)])
    writeFileSync(join(directory, 'tensors.safetensors'), writeSafetensors(all))
    writeFileSync(
      join(directory, 'cases.json'),
      JSON.stringify(
        referenceCases.map((entry) => ({
          ...entry,
          steps,
          batches: batches.length,
          labels: labels.map((list) => [...list]),
        })),
      ),
    )
    const script = fileURLToPath(new URL('trainer-reference.py', import.meta.url))
    return JSON.parse(
      execFileSync(python, [script, directory], { encoding: 'utf8', maxBuffer: 1 << 26 }),
    ) as readonly Reference[]
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const missing = pytorchMissing()
if (missing) console.log(`Skipped: the trainer is not compared with PyTorch, since ${missing}.`)

describe.skipIf(missing !== null)('ten steps give the losses of PyTorch', () => {
  const references = missing ? [] : trainWithPyTorch(10)

  it.each(referenceCases.map((entry, index) => [entry.title, entry, index] as const))('%s', async (_, entry, index) => {
    const expected = references[index]!
    const trainer = await engine.trainer(entry.network, { ...entry, loss: singleLabel.loss, tensors, seed: 1 })
    const { losses, norms } = await takeSteps(trainer, 10, entry.learningRate, 0, entry.loss)
    const weights = await trainer.weights()
    const evaluated = await trainer.evaluate(batches[0]!)
    await trainer.dispose()
    losses.forEach((loss, step) =>
      expect(Math.abs(loss / expected.losses[step]! - 1), `loss of step ${step}`).toBeLessThan(1e-3),
    )
    // Adam's first updates follow the sign of each gradient, so that rounding in tiny gradients grows from step to
    // step.
    norms.forEach((norm, step) =>
      expect(Math.abs(norm / expected.norms[step]! - 1), `gradient norm of step ${step}`).toBeLessThan(
        step === 0 ? 1e-3 : 3e-2,
      ),
    )
    for (const [name, magnitude] of Object.entries(expected.magnitudes)) {
      const sum = weights.get(name)!.data.reduce((total, value) => total + Math.abs(value), 0)
      expect(Math.abs(sum - magnitude) / (magnitude + 1e-2), name).toBeLessThan(1e-2)
    }
    const largest = Math.max(...expected.evaluated.map(Math.abs))
    evaluated.data.forEach((logit, position) =>
      expect(Math.abs(logit - expected.evaluated[position]!) / largest).toBeLessThan(1e-2),
    )
  })
})

describe('the trainer', () => {
  const spec: TrainerSpec = { tensors, optimizer: sgd, loss: singleLabel.loss, seed: 3 }

  it('holds no more tensors after fifty steps than after one, and none after dispose', async () => {
    const { tf } = await startTensorFlow('wasm')
    const before = tf.memory()
    const head = suffixOf(network)
    const trainer = await engine.trainer(head, { ...spec, optimizer: adam, clipNorm: 1 })
    const features = randomBatch([6, 256], 9)
    await trainer.step(features, targetsOf([0, 1, 2, 3, 4, 0]), 0.01, 0)
    const afterOne = tf.memory().numTensors
    for (let step = 1; step < 50; step++) await trainer.step(features, targetsOf([0, 1, 2, 3, 4, 0]), 0.01, step)
    await trainer.evaluate(features)
    expect(tf.memory().numTensors).toBe(afterOne)
    await trainer.dispose()
    const whole = await engine.trainer(network, spec)
    await takeSteps(whole, 1)
    const afterWhole = tf.memory().numTensors
    await takeSteps(whole, 2, 0.01, 1)
    expect(tf.memory().numTensors).toBe(afterWhole)
    await whole.restore(await whole.state())
    await whole.dispose()
    expect(tf.memory().numTensors).toBe(before.numTensors)
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers)
  })
})

/** The last layer alone, fed with feature vectors, as after a cached prefix. */
function suffixOf(whole: Network): Network {
  const layer = whole.layers.at(-1)!
  const used = Object.values(layer.parameters)
  return {
    ...whole,
    layers: [{ ...layer, inputs: [whole.input.name] }],
    stages: [{ name: 'head', layers: [layer.name] }],
    parameters: Object.fromEntries(Object.entries(whole.parameters).filter(([name]) => used.includes(name))),
  }
}
