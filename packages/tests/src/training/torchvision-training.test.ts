import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onnxEngine, type OptimizerSpec, singleLabel } from '@graft/engines'
import { countParameters, type LoadedNetwork, type Network, readNetwork, type Tensors } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { afterAll, describe, expect, it } from 'vitest'

const python = '/usr/bin/python3'
const [size, steps] = [64, 30]
const classes = 5

interface Run {
  readonly rate: number
  /**
   * Weight decay. Where parameters are compared, so much that a parameter which decays, or doesn't, by mistake ends
   * elsewhere.
   */
  readonly decay: number
}

interface Model {
  readonly name: string
  readonly batch: number
  /** By optimizer and what batch normalisation does. */
  readonly runs: Readonly<Record<string, Run>>
  /**
   * Parameters whose values after the steps are compared. Not those whose gradient is nothing but rounding (a bias
   * before a normalisation): Adam makes whole steps of that.
   */
  readonly compared: readonly string[]
}

const usualRuns = (rates: Readonly<Record<string, number>>): Readonly<Record<string, Run>> =>
  Object.fromEntries(Object.entries(rates).map(([run, rate]) => [run, { rate, decay: 1e-2 }]))

/**
 * Fresh networks are chaotic, most of all with batch statistics: the rates move the loss by several percent, and yet
 * PyTorch's own curves in float32 and float64 stay within 2e-4 of each other, so that a limit of 1e-3 means something.
 */
const models: readonly Model[] = [
  {
    name: 'resnet18',
    batch: 16,
    runs: usualRuns({ 'sgd frozen': 1e-5, 'sgd batch': 1e-5, 'adamw frozen': 2e-6, 'adamw batch': 2e-6 }),
    compared: [],
  },
  {
    name: 'mobilenet_v2',
    batch: 16,
    runs: usualRuns({ 'sgd frozen': 1e-3, 'sgd batch': 1e-6, 'adamw frozen': 1e-5, 'adamw batch': 1e-6 }),
    compared: [],
  },
  {
    name: 'VisionTransformer',
    batch: 8,
    runs: { 'sgd frozen': { rate: 1e-4, decay: 2 }, 'adamw batch': { rate: 1e-5, decay: 50 } },
    compared: [
      'class_token',
      'encoder.pos_embedding',
      'conv_proj.weight',
      'encoder.layers.encoder_layer_0.ln_1.weight',
      'encoder.layers.encoder_layer_1.mlp.0.bias',
      'encoder.layers.encoder_layer_2.self_attention.out_proj.weight',
      'encoder.ln.bias',
    ],
  },
]
/** By default one run per optimizer and policy; all of them on demand. */
const isRun = (run: string): boolean =>
  process.env['GRAFT_ALL_MODELS'] === '1' || !['sgd batch', 'adamw frozen'].includes(run)

function optimizerOf(name: string | undefined, weightDecay: number): OptimizerSpec {
  if (name === 'sgd') return { name, momentum: 0.9, nesterov: false, weightDecay }
  return { name: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay }
}

const hasTorchvision = spawnSync(python, ['-c', 'import torch, torchvision']).status === 0
if (!hasTorchvision)
  console.log(
    `skipped: ${python} has no torch and torchvision (apt-get install python3-torchvision) to train the reference with`,
  )

const directory = mkdtempSync(join(tmpdir(), 'graft-training-'))
afterAll(() => rmSync(directory, { recursive: true }))

interface Reference {
  /** Learnable numbers of the model. */
  readonly parameters: number
  readonly layout: Readonly<Record<string, { readonly offset: number; readonly shape: readonly number[] }>>
  readonly losses: Readonly<Record<string, readonly number[]>>
}

function trainWithPyTorch({ name, batch, runs }: Model): Reference {
  const script = fileURLToPath(new URL('train_torchvision.py', import.meta.url))
  const printed = execFileSync(
    python,
    [
      script,
      directory,
      name,
      String(size),
      String(batch),
      String(steps),
      JSON.stringify(Object.fromEntries(Object.entries(runs).filter(([run]) => isRun(run)))),
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  )
  return JSON.parse(printed.slice(printed.indexOf('{"'))) as Reference
}

function floatsOf(file: string): Float32Array {
  const bytes = readFileSync(join(directory, file))
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
}

const withStatistics = (network: Network, statistics: 'frozen' | 'batch'): Network => ({
  ...network,
  layers: network.layers.map((layer) => (layer.operator === 'BatchNormalization' ? { ...layer, statistics } : layer)),
})

async function trainWithGraft(
  { network, tensors }: LoadedNetwork,
  batch: number,
  run: string,
  { rate, decay }: Run,
): Promise<{ readonly losses: readonly number[]; readonly weights: Tensors }> {
  const [name, statistics] = run.split(' ')
  const trainer = await onnxEngine.trainer(withStatistics(network, statistics as 'frozen' | 'batch'), {
    tensors,
    optimizer: optimizerOf(name, decay),
    loss: singleLabel.loss,
    seed: 1,
  })
  const values = floatsOf('batches.f32')
  const length = values.length / 3
  const losses: number[] = []
  for (let step = 0; step < steps; step++) {
    const index = step % 3
    const labels = Array.from({ length: batch }, (_, row) => ((index * batch + row) * 3) % classes)
    const result = await trainer.step(
      { shape: [batch, 3, size, size], data: values.slice(index * length, (index + 1) * length) },
      singleLabel.targets(labels, classes, { labelSmoothing: 0 }),
      rate,
      step,
    )
    losses.push(result.loss)
  }
  const weights = await trainer.weights()
  await trainer.dispose()
  return { losses, weights }
}

/** How far two results lie apart, as a part of the way from where both began. */
function deviation(start: Float32Array, expected: Float32Array, actual: Float32Array): number {
  const distance = (from: Float32Array): number =>
    Math.sqrt(expected.reduce((sum, value, index) => sum + (value - (from[index] ?? NaN)) ** 2, 0))
  return distance(actual) / distance(start)
}

describe.skipIf(!hasTorchvision)(
  `${steps} steps of torchvision networks at ${size} pixels give the losses of PyTorch`,
  () => {
    it.each(models.map((model) => [model.name, model] as const))(
      '%s',
      async (name, model) => {
        const reference = trainWithPyTorch(model)
        const loaded = await readNetwork(await openModelFiles(join(directory, `${name}.onnx`)))
        // Everything that PyTorch learns is learned here, biases and embeddings that the file only adds included.
        expect(countParameters(loaded.network)).toEqual({
          total: reference.parameters,
          trainable: reference.parameters,
        })
        for (const [run, expected] of Object.entries(reference.losses)) {
          const { losses: actual, weights } = await trainWithGraft(loaded, model.batch, run, model.runs[run] as Run)
          const worst = expected.reduce(
            (largest, loss, step) => Math.max(largest, Math.abs((actual[step] ?? NaN) / loss - 1)),
            0,
          )
          expect(worst, `${name}, ${run}: ${actual.join(' ')} against ${expected.join(' ')}`).toBeLessThan(1e-3)
          // The comparison means something only if the weights have moved.
          const moved = expected.reduce(
            (largest, loss, step) => Math.max(largest, Math.abs(loss - (expected[step % 3] ?? NaN))),
            0,
          )
          expect(moved, `${name}, ${run}: movement of the loss of the same batch`).toBeGreaterThan(0.01)
          const trained = floatsOf(`${run}.f32`)
          for (const key of model.compared) {
            const { offset, shape } = reference.layout[key] ?? { offset: 0, shape: [] }
            expect(weights.get(key)?.shape, key).toEqual(shape)
            const [start, end] = [loaded.tensors.get(key)?.data, weights.get(key)?.data].map(
              (values) => values ?? new Float32Array(),
            )
            expect(
              deviation(
                start ?? new Float32Array(),
                trained.slice(offset, offset + (end?.length ?? 0)),
                end ?? new Float32Array(),
              ),
              `${name}, ${run}: ${key}`,
            ).toBeLessThan(0.01)
          }
        }
      },
      600_000,
    )
  },
)
