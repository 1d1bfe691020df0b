import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Engine, onnxEngine, singleLabel, tfjsEngine } from '@graft/engines'
import { countParameters, type LoadedNetwork, type Network, readNetwork, type Tensors } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { usualNames, wantedNames } from './names.js'

// State dicts of torchvision and timm, bound to Graft's architectures, against what PyTorch computes with them.
// GRAFT_PARITY=all (or a list: resnet50,timm/vit_small_patch16_224) runs more of them, with steps of training, on the
// Python of GRAFT_PYTHON, and prints a table.
const wanted = process.env['GRAFT_PARITY'] ?? ''
const python = process.env['GRAFT_PYTHON'] ?? '/usr/bin/python3'
const names = wanted === '' ? usualNames : wanted.startsWith('all') ? wantedNames(wanted) : wanted.split(',')
const size = Number(process.env['GRAFT_PARITY_SIZE'] ?? 64)
const withSteps = process.env['GRAFT_STEPS'] === '1'

const hasTorch =
  spawnSync(python, ['-c', 'import torch, torchvision'], { env: { ...process.env, TVSHIM: '1' } }).status === 0
if (!hasTorch)
  console.log(`skipped: ${python} has no torch and torchvision (apt-get install python3-torchvision) to compare with`)

const directory = mkdtempSync(join(tmpdir(), 'graft-parity-'))
afterAll(() => rmSync(directory, { recursive: true }))

const factsSchema = z.object({
  name: z.string(),
  size: z.number(),
  trainable: z.number(),
  classes: z.number(),
  rate: z.number(),
  /** How far PyTorch's float32 is from its float64 after a step, over what the step changes. */
  noise: z.record(z.string(), z.number()),
})
type Facts = z.infer<typeof factsSchema>

function makeWithPyTorch(): readonly string[] {
  const script = fileURLToPath(new URL('state_dicts.py', import.meta.url))
  const { status, stderr } = spawnSync(python, [script, directory, String(size), ...names], {
    encoding: 'utf8',
    env: { ...process.env, TVSHIM: '1', STEPS: withSteps ? '1' : '0' },
  })
  if (status !== 0) throw new Error(`${python} failed: ${stderr}`)
  const said = stderr.split('\n').filter((line) => line.includes(': not here'))
  if (said.length > 0) console.log(said.join('\n'))
  return readdirSync(directory).filter((entry) => existsSync(join(directory, entry, 'facts.json')))
}

function floatsOf(path: string): Float32Array {
  const bytes = readFileSync(path)
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
}

const largest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
const relativeDifference = (expected: Float32Array, actual: Float32Array): number =>
  expected.length === actual.length
    ? largest(expected.map((value, index) => value - (actual[index] ?? NaN))) / Math.max(largest(expected), 1e-6)
    : Infinity

async function forward(engine: Engine, { network, tensors }: LoadedNetwork, data: Float32Array): Promise<Float32Array> {
  const run = await engine.forward(network, { tensors })
  const [channels = 3, height = 0, width = 0] = network.input.shape
  const result = await run.run({ shape: [data.length / (channels * height * width), channels, height, width], data })
  await run.dispose()
  return result[network.output]?.data ?? new Float32Array()
}

/** As the reference trains: with these statistics, and nothing random. */
const asCompared = (network: Network, statistics: 'frozen' | 'batch'): Network => ({
  ...network,
  layers: network.layers.map((layer) => {
    if (layer.operator === 'Dropout') return { ...layer, attributes: { ratio: 0 } }
    return layer.operator === 'BatchNormalization' ? { ...layer, statistics } : layer
  }),
})

async function oneStep(
  { network, tensors }: LoadedNetwork,
  statistics: 'frozen' | 'batch',
  data: Float32Array,
  { classes, rate }: Facts,
): Promise<Tensors> {
  const trainer = await onnxEngine.trainer(asCompared(network, statistics), {
    tensors,
    optimizer: { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 },
    loss: singleLabel.loss,
    seed: 1,
  })
  const [, height = 0, width = 0] = network.input.shape
  const images = data.length / (3 * height * width)
  const labels = Array.from({ length: images }, (_, index) => index % classes)
  await trainer.step(
    { shape: [images, 3, height, width], data },
    singleLabel.targets(labels, classes, { labelSmoothing: 0 }),
    rate,
    0,
  )
  const weights = await trainer.weights()
  await trainer.dispose()
  return weights
}

/** How far two results lie apart, over how far the numbers have moved from where they began. */
function deviation(start: Tensors, expected: Tensors, actual: Tensors): number {
  const distance = (from: Tensors): number =>
    Math.sqrt(
      [...expected].reduce((total, [key, { data }]) => {
        const other = from.get(key)?.data ?? new Float32Array()
        return total + data.reduce((sum, value, index) => sum + (value - (other[index] ?? NaN)) ** 2, 0)
      }, 0),
    )
  return distance(actual) / distance(start)
}

const read = async (path: string, inputSize: number): Promise<LoadedNetwork> =>
  readNetwork(await openModelFiles(path), { inputSize })

describe.skipIf(!hasTorch)(`state dicts against PyTorch (${names.length} networks at ${size} pixels)`, () => {
  const made = hasTorch ? makeWithPyTorch() : []
  const table: string[] = []
  afterAll(() => console.log(['network; onnx; tfjs; trainable; step frozen; step batch', ...table].join('\n')))

  it.each(
    made.map((entry) => {
      const facts = factsSchema.parse(JSON.parse(readFileSync(join(directory, entry, 'facts.json'), 'utf8')))
      return [facts.name, { entry, facts }] as const
    }),
  )(
    '%s gives the same logits and learns the same numbers',
    async (name, { entry, facts }) => {
      const folder = join(directory, entry)
      const architecture = name.replace(/^(timm|hf)\//, '')
      const weights = join(folder, name.startsWith('hf/') ? 'model' : 'weights.pth')
      const loaded = await readNetwork(await openModelFiles(weights), { architecture, inputSize: facts.size })
      const found = await read(weights, facts.size)
      // By its tensors alone the same network, or one with the same tensors (TensorFlow's padding isn't in them).
      expect(countParameters(found.network)).toEqual(countParameters(loaded.network))
      const data = floatsOf(join(folder, 'input.bin'))
      const expected = floatsOf(join(folder, 'logits.bin'))
      const differences: number[] = []
      for (const engine of [onnxEngine, tfjsEngine])
        differences.push(relativeDifference(expected, await forward(engine, loaded, data)))
      const { trainable } = countParameters(loaded.network)
      const steps: { readonly off: number; readonly noise: number }[] = []
      if (withSteps && !name.startsWith('hf/'))
        for (const statistics of ['frozen', 'batch'] as const) {
          const reference = await readNetwork(await openModelFiles(join(folder, `${statistics}.pth`)), {
            architecture,
            inputSize: facts.size,
          })
          const before = new Map(
            [...loaded.tensors].map(([key, { shape, data: values }]) => [key, { shape, data: values.slice() }]),
          )
          const after = await oneStep(loaded, statistics, data, facts)
          steps.push({ off: deviation(before, reference.tensors, after), noise: facts.noise[statistics] ?? 0 })
        }
      const short = (value: number): string => value.toExponential(1)
      const moved = steps.map(({ off, noise }) => `${short(off)} (PyTorch's float32: ${short(noise)})`)
      table.push([name, ...differences.map(short), `${trainable} of ${facts.trainable}`, ...moved].join('; '))
      expect(trainable).toBe(facts.trainable)
      for (const difference of differences) expect(difference).toBeLessThan(1e-4)
      // Of what the step changes. Where a ReLU near zero falls on the other side, PyTorch's own float32 is as far off.
      for (const { off, noise } of steps) expect(off).toBeLessThan(Math.max(2e-2, 3 * noise))
    },
    300_000,
  )
})
