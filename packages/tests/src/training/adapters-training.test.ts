import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onnxEngine, type OptimizerSpec, singleLabel } from '@graft/engines'
import {
  addAdapters,
  countParameters,
  findArchitecture,
  foldAdapters,
  freeze,
  loadTensors,
  type Network,
  type TensorData,
  type Tensors,
} from '@graft/network'
import { afterAll, describe, expect, it } from 'vitest'

const python = process.env['GRAFT_TORCH_PYTHON'] ?? '/usr/bin/python3'
const [classes, batch, steps] = [5, 6, 30]
const directory = mkdtempSync(join(tmpdir(), 'graft-adapters-'))
afterAll(() => rmSync(directory, { recursive: true }))

const hasTorch = spawnSync(python, ['-c', 'import torch, numpy']).status === 0
if (!hasTorch)
  console.log(`skipped: ${python} has no torch (apt-get install python3-torch) to train the reference with`)

const networks = {
  vit: { architecture: 'vit_tiny_patch16_224', size: 32 },
  convnext: { architecture: 'convnext_atto', size: 64 },
} as const

const adapt: Readonly<Record<string, (network: Network) => Network>> = {
  lora: (network) => addAdapters(network, { adapter: 'lora', rank: 4, alpha: 8, seed: 7 }),
  'scale-and-shift': (network) => addAdapters(network, { adapter: 'scale-and-shift', rank: 4, alpha: 8, seed: 7 }),
  'norms-and-biases': (network) =>
    freeze(network, { frozen: true, kinds: ['weights', 'embeddings', 'statistics'], to: headlessEnd(network) }),
}

/** ConvNeXt's normalisation stands in the stage of the head, and counts as the backbone's here. */
const headlessEnd = (network: Network): string => network.layers.at(-2)?.name ?? ''

const optimizers: Readonly<Record<string, (weightDecay: number) => OptimizerSpec>> = {
  sgd: (weightDecay) => ({ name: 'sgd', momentum: 0.9, nesterov: false, weightDecay }),
  adamw: (weightDecay) => ({ name: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay }),
}

/** Random numbers between -1 and 1 of which PyTorch gets the very same. */
function noise(length: number, seed: number): Float32Array {
  let state = seed
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state / 2 ** 31 - 1) * 1.7
  })
}

/** Fresh weights are almost alike in every way: biases, norms and branches are moved, so that each has something to say. */
async function valuesOf(network: Network): Promise<Tensors> {
  const tensors = await loadTensors(network, async () => null)
  let seed = 1
  for (const [key, { data }] of tensors) {
    const moves = noise(data.length, seed++)
    if (/gamma$/.test(key)) data.forEach((_, index) => (data[index] = 0.5 + 0.2 * (moves[index] ?? 0)))
    else if (/(norm\d?|stem\.1|downsample\.0)\.weight$|\.bias$|lora\.up\.weight$|\.ssf\./.test(key))
      data.forEach((value, index) => (data[index] = value + 0.05 * (moves[index] ?? 0)))
  }
  return tensors
}

function trainWithPyTorch(
  tensors: Tensors,
  batches: Float32Array,
  shape: readonly number[],
  words: readonly string[],
): { readonly losses: readonly number[]; readonly trained: number } {
  const layout: Record<string, { offset: number; shape: readonly number[] }> = {}
  const parts: Uint8Array[] = []
  let offset = 0
  for (const [key, tensor] of tensors) {
    layout[key] = { offset, shape: tensor.shape }
    offset += tensor.data.length
    parts.push(new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength))
  }
  writeFileSync(join(directory, 'weights.f32'), Buffer.concat(parts))
  writeFileSync(join(directory, 'weights.json'), JSON.stringify(layout))
  writeFileSync(join(directory, 'batches.f32'), new Uint8Array(batches.buffer))
  writeFileSync(join(directory, 'batches.json'), JSON.stringify(shape))
  const script = fileURLToPath(new URL('train_adapters.py', import.meta.url))
  return JSON.parse(execFileSync(python, [script, directory, ...words], { encoding: 'utf8' })) as ReturnType<
    typeof trainWithPyTorch
  >
}

describe.skipIf(!hasTorch)(`${steps} steps of few parameters give the losses of PyTorch`, () => {
  /** All of them on demand. */
  const always = [
    ['vit', 'lora', 'adamw'],
    ['convnext', 'scale-and-shift', 'sgd'],
    ['convnext', 'norms-and-biases', 'adamw'],
  ] as const
  const others = [
    ['vit', 'scale-and-shift', 'sgd'],
    ['vit', 'norms-and-biases', 'adamw'],
    ['convnext', 'lora', 'sgd'],
  ] as const
  const cases = process.env['GRAFT_ALL_MODELS'] === '1' ? [...always, ...others] : always
  it.each(cases)(
    '%s, %s, %s',
    async (name, adapter, optimizerName) => {
      const { architecture, size } = networks[name]
      const plain = findArchitecture(architecture).build({ classes, inputSize: size, seed: 5 })
      const withHeadStage = { ...plain, head: { task: 'single-label', names: ['a', 'b', 'c', 'd', 'e'] } }
      const network = adapt[adapter]!(withHeadStage)
      const tensors = await valuesOf(network)
      const shape = [batch, 3, size, size]
      const length = batch * 3 * size * size
      const batches = noise(3 * length, 99)
      const [rate, decay] = optimizerName === 'sgd' ? [0.01, 0.01] : [1e-3, 0.05]
      const reference = trainWithPyTorch(tensors, batches, shape, [
        name,
        adapter,
        optimizerName,
        String(rate),
        String(decay),
        String(steps),
      ])
      expect(countParameters(network).trainable).toBe(reference.trained)

      const trainer = await onnxEngine.trainer(network, {
        tensors,
        optimizer: optimizers[optimizerName]!(decay),
        loss: singleLabel.loss,
        seed: 1,
      })
      const losses: number[] = []
      for (let step = 0; step < steps; step++) {
        const at = step % 3
        const labels = Array.from({ length: batch }, (_, row) => ((at * batch + row) * 3) % classes)
        const targets = singleLabel.targets(labels, classes, { labelSmoothing: 0 })
        const data = batches.slice(at * length, (at + 1) * length)
        losses.push((await trainer.step({ shape, data }, targets, rate, step)).loss)
      }
      const weights = await trainer.weights()
      await trainer.dispose()
      const worst = Math.max(...reference.losses.map((loss, step) => Math.abs((losses[step] ?? NaN) / loss - 1)))
      expect(worst, `${losses.join(' ')} against ${reference.losses.join(' ')}`).toBeLessThan(1e-3)
      expect(Math.abs((losses.at(-3) ?? 0) - (losses[0] ?? 0)), 'movement of the loss').toBeGreaterThan(0.01)

      // Frozen means frozen, and what was learned folds into plain weights.
      const touched = Object.entries(network.parameters).filter(
        ([key, { trainable }]) => !trainable && !sameBits(weights.get(key) ?? tensors.get(key), tensors.get(key)),
      )
      expect(touched.map(([key]) => key)).toEqual([])
      const trained: Tensors = new Map([...tensors, ...weights])
      const folded = foldAdapters(network, trained)
      const answers = await logits(network, trained, batches.slice(0, length), shape)
      const again = await logits(folded.network, folded.tensors, batches.slice(0, length), shape)
      const largest = Math.max(...answers.map(Math.abs))
      expect(
        Math.max(...answers.map((value, index) => Math.abs(value - (again[index] ?? NaN)))) / largest,
      ).toBeLessThan(1e-5)
    },
    300_000,
  )
})

const bytesOf = (tensor: TensorData | undefined): Buffer =>
  tensor === undefined
    ? Buffer.alloc(0)
    : Buffer.from(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength)
const sameBits = (left: TensorData | undefined, right: TensorData | undefined): boolean =>
  bytesOf(left).equals(bytesOf(right))

async function logits(
  network: Network,
  tensors: Tensors,
  data: Float32Array,
  shape: readonly number[],
): Promise<Float32Array> {
  const forward = await onnxEngine.forward(network, { tensors })
  const values = await forward.run({ shape: [...shape], data })
  await forward.dispose()
  return values[network.output]?.data ?? new Float32Array()
}
