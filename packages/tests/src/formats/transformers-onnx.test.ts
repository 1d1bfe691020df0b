import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { engines } from '@graft/engines'
import {
  countParameters,
  createRandom,
  cutAfter,
  inferShapes,
  type LoadedNetwork,
  normal,
  readNetwork,
  stripHead,
} from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import * as onnxruntime from 'onnxruntime-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const python = '/usr/bin/python3'
const [seed, images, size, width] = [29, 3, 32, 24]

const hasTorchvision = spawnSync(python, ['-c', 'import torch, torchvision']).status === 0
if (!hasTorchvision)
  console.log(
    `skipped: ${python} has no torch and torchvision (apt-get install python3-torchvision) to export ONNX files with`,
  )

const numbered = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`)

/** Stages between stem and head, and the tokens of the sequence inside. */
const networks = [
  { name: 'vit', blocks: numbered('encoder_layer_', 13), tokens: 17, feature: [1, width] },
  { name: 'deit', blocks: numbered('blocks.', 3), tokens: 17, feature: [1, width] },
  // Two classifiers read two tokens: what is left without them is the sequence.
  { name: 'deit-distilled', blocks: numbered('blocks.', 3), tokens: 18, feature: [1, 18, width] },
  { name: 'deit-registers', blocks: numbered('blocks.', 3), tokens: 21, feature: [1, width] },
  { name: 'deit-mean', blocks: numbered('blocks.', 3), tokens: 16, feature: [1, width] },
]
const cases = networks.flatMap((network) => [13, 17].map((opset) => ({ ...network, opset })))

/** Largest difference over the largest magnitude. */
function relativeDifference(expected: Float32Array, actual: Float32Array): number {
  expect(actual.length).toBe(expected.length)
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  return (
    expected.reduce((largest, value, index) => Math.max(largest, Math.abs(value - (actual[index] ?? NaN))), 0) / scale
  )
}

describe.skipIf(!hasTorchvision)(`transformers exported by PyTorch (seed ${seed})`, () => {
  let directory = ''
  let counts: Readonly<Record<string, number>> = {}

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'graft-transformers-'))
    const printed = execFileSync(
      python,
      [fileURLToPath(new URL('export_transformers.py', import.meta.url)), directory],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    )
    counts = JSON.parse(printed.slice(printed.indexOf('{"'))) as Readonly<Record<string, number>>
  }, 600_000)

  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  describe.each(cases)('$name, opset $opset', ({ name, opset, blocks, tokens, feature }) => {
    let loaded: LoadedNetwork
    const file = (): string => join(directory, `${name}-${opset}.onnx`)

    beforeAll(async () => void (loaded = await readNetwork(await openModelFiles(file()))))

    it('has everything that PyTorch learns as trainable parameters, and nothing else', () => {
      expect(countParameters(loaded.network)).toEqual({ total: counts[name], trainable: counts[name] })
    })

    it('has a stage for the embedding, for every block and for the classifier', () => {
      expect(loaded.network.stages.map((stage) => stage.name)).toEqual(['stem', ...blocks, 'head'])
      const head = new Set(loaded.network.stages.at(-1)?.layers)
      const ofHead = loaded.network.layers
        .filter((layer) => head.has(layer.name))
        .flatMap((layer) => Object.values(layer.parameters))
      expect(ofHead.filter((key) => key.includes('weight')).every((key) => key.startsWith('heads.'))).toBe(true)
    })

    it('is cut to the feature that the classifier read, or to the sequence behind a block', () => {
      const stripped = stripHead(loaded.network)
      expect(inferShapes(stripped).get(stripped.output)).toEqual(feature)
      const cut = cutAfter(loaded.network, blocks[1] ?? '')
      expect(inferShapes(cut).get(cut.output)).toEqual([1, tokens, width])
    })

    it.each(engines.map((engine) => engine.id))(
      'gives what onnxruntime gives for the file itself, in the %s engine',
      async (id) => {
        const random = createRandom(seed)
        const input = {
          shape: [images, 3, size, size],
          data: Float32Array.from({ length: images * 3 * size * size }, () => normal(random)),
        }
        const session = await onnxruntime.InferenceSession.create(file())
        const expected = (await session.run({ input: new onnxruntime.Tensor('float32', input.data, input.shape) }))[
          'logits'
        ]?.data as Float32Array
        await session.release()
        const forward = await engines
          .find((engine) => engine.id === id)
          ?.forward(loaded.network, { tensors: loaded.tensors })
        const result = await forward?.run(input)
        await forward?.dispose()
        expect(relativeDifference(expected, result?.[loaded.network.output]?.data ?? new Float32Array())).toBeLessThan(
          1e-4,
        )
      },
    )
  })
})
