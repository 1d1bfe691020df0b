import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onnxEngine, predictLogits } from '@graft/engines'
import { must } from '@graft/errors'
import {
  explainPreprocessing,
  foldBatchNorm,
  type LoadedNetwork,
  type Network,
  originOf,
  readNetwork,
} from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { createImageLoader, library } from '@graft/nodes'
import { createTestContext } from '@graft/nodes/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rewrap, type Wrapping } from './rewrap.js'
import { hasRealData, mobilenet, photos } from './run-graft.js'

// Fault 1 of "Files, folders and networks": preprocessing is guessed, wrong and silent. Whoever prepares photos as the
// original network wants them gets its logits, and with them its 92.8 % on hymenoptera.

const ofBytes = [1 / 127.5, 1 / 127.5, 1 / 127.5]
const ofImageNet = { factor: [0.458, 0.448, 0.45], shift: [-0.03, -0.088, -0.188] }
const ofCaffe = { factor: ofBytes, shift: [103.939, 116.779, 123.68].map((mean) => mean / 127.5 - 1) }

/** The pixels that each wrapping wants, and how that is known. */
const wrappings: readonly (readonly [string, Wrapping, RegExp])[] = [
  [
    '0..255, scaled inside',
    { by: 'layers', factor: ofBytes, shift: [-1, -1, -1] },
    /RGB, raw values 0\.\.255.*first layers/,
  ],
  [
    '0..1, scaled inside',
    { by: 'layers', factor: [2, 2, 2], shift: [-1, -1, -1] },
    /RGB, scaled to 0\.\.1.*first layers/,
  ],
  ['ImageNet, scaled inside', { by: 'layers', ...ofImageNet }, /RGB, ImageNet.*first layers/],
  ['caffe, scaled and turned inside', { by: 'layers', ...ofCaffe, bgr: true }, /BGR, raw values less.*first layers/],
  [
    'BGR 0..255, turned inside',
    { by: 'layers', factor: ofBytes, shift: [-1, -1, -1], bgr: true },
    /BGR, raw values 0\.\.255.*first layers/,
  ],
  [
    'channels last 0..255',
    { by: 'layers', factor: ofBytes, shift: [-1, -1, -1], channelsLast: true },
    /RGB, raw values 0\.\.255.*first layers/,
  ],
  ['-1..1', { by: 'weights' }, /RGB, scaled to -1\.\.1.*measured/],
  ['0..255', { by: 'weights', factor: ofBytes, shift: [-1, -1, -1] }, /RGB, raw values 0\.\.255.*measured/],
  ['0..1', { by: 'weights', factor: [2, 2, 2], shift: [-1, -1, -1] }, /RGB, scaled to 0\.\.1.*measured/],
  ['ImageNet', { by: 'weights', ...ofImageNet }, /RGB, ImageNet.*measured/],
  ['caffe', { by: 'weights', ...ofCaffe, bgr: true }, /BGR, raw values less.*measured/],
  ['BGR -1..1', { by: 'weights', bgr: true }, /BGR, scaled to -1\.\.1.*measured/],
]

const directory = mkdtempSync(join(tmpdir(), 'graft-preprocessing-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const samples = ['ants', 'bees'].flatMap((name) => {
  const folder = join(photos, 'val', name)
  return hasRealData()
    ? readdirSync(folder)
        .slice(0, 6)
        .map((file) => ({ id: file, path: join(folder, file), label: 0, fingerprint: file }))
    : []
})

/** What Load Backbone makes of a source without any setting, and what it says. */
async function load(source: string): Promise<{ network: Network; warnings: readonly string[] }> {
  const node = must(
    library.find(({ type }) => type === 'load-backbone'),
    'Load Backbone',
  )
  const context = createTestContext({ directory })
  const { model } = (await node.run({ params: node.params.parse({ source }), inputs: {}, context })) as {
    model: { network: Network }
  }
  return { network: model.network, warnings: context.messages('warning') }
}

async function logitsOf(network: Network, tensors: LoadedNetwork['tensors']): Promise<Float32Array> {
  const { preprocessing } = network
  const source = createImageLoader({ samples, transforms: [], preprocessing, seed: 0, threads: 0 })
  try {
    return (await predictLogits(onnxEngine, network, tensors, source, {})).logits
  } finally {
    await source.close()
  }
}

function write(file: string, bytes: Uint8Array | string): void {
  mkdirSync(dirname(join(directory, file)), { recursive: true })
  writeFileSync(join(directory, file), bytes)
}

describe.skipIf(!hasRealData())('the real MobileNet, re-wrapped so that it wants other pixels (fault 1)', () => {
  let original: LoadedNetwork
  let expected: Float32Array
  beforeAll(async () => {
    original = await readNetwork(await openModelFiles(mobilenet))
    expected = await logitsOf(original.network, original.tensors)
  })

  const differenceTo = async (source: string, network: Network): Promise<number> => {
    const { tensors } = await readNetwork(await openModelFiles(join(directory, source)))
    const found = await logitsOf(network, tensors)
    const squares = expected.reduce((sum, value, at) => sum + (value - (found[at] ?? 0)) ** 2, 0)
    return Math.sqrt(squares / expected.reduce((sum, value) => sum + value ** 2, 0))
  }

  it.each(wrappings)(
    'for %s gets them without a setting or metadata, with the reason, and a warning where it is not certain',
    async (name, wrapping, said) => {
      const file = `${name.replace(/\W+/g, '-')}.onnx`
      write(file, rewrap(original, wrapping))
      const { network, warnings } = await load(file)
      expect(explainPreprocessing(network)).toMatch(said)
      // The order of channels alone makes a small difference: it is found, and people are asked to have a look.
      const isCertain = !name.startsWith('BGR')
      expect(originOf(network).certain).toBe(isCertain)
      expect(warnings.join()).toMatch(isCertain ? /^$/ : /not certain: look up .* set normalisation and channelOrder/)
      expect(await differenceTo(file, network)).toBeLessThan(wrapping.by === 'layers' ? 1e-4 : 0.1)
    },
  )

  const bgr: Wrapping = { by: 'weights', bgr: true }
  const bytes = { factor: ofBytes, shift: [-1, -1, -1] }
  const inPython = {
    image_mean: [0.5, 0.5, 0.5],
    image_std: [0.5, 0.5, 0.5],
    crop_pct: 0.875,
    size: { shortest_edge: 224 },
  }

  it.each<readonly [string, Wrapping, string | null, RegExp]>([
    [
      'Windows ML, blue first',
      {
        ...bgr,
        ...bytes,
        metadata: { 'Image.BitmapPixelFormat': 'Bgr8', 'Image.NominalPixelRange': 'NominalRange_0_255' },
      },
      null,
      /BGR, raw values 0\.\.255.*its metadata says Bgr8/,
    ],
    [
      'Windows ML, scaled inside',
      {
        by: 'layers',
        ...bytes,
        metadata: { 'Image.BitmapPixelFormat': 'Rgb8', 'Image.NominalPixelRange': 'NominalRange_0_255' },
      },
      null,
      /RGB, raw values 0\.\.255.*its metadata says Rgb8/,
    ],
    [
      'Hugging Face',
      { by: 'weights' },
      JSON.stringify(inPython),
      /RGB, scaled to -1\.\.1.*preprocessor_config\.json beside it/,
    ],
    [
      'Hugging Face, blue first',
      bgr,
      JSON.stringify({ ...inPython, do_flip_channel_order: true }),
      /BGR, scaled to -1\.\.1.*preprocessor_config\.json beside it/,
    ],
  ])('with the metadata of %s gets them with certainty', async (name, wrapping, neighbour, said) => {
    const file = `${name.replace(/\W+/g, '-')}/model.onnx`
    write(file, rewrap(original, wrapping))
    if (neighbour !== null) write(join(dirname(file), 'preprocessor_config.json'), neighbour)
    const { network, warnings } = await load(file)
    expect(explainPreprocessing(network)).toMatch(said)
    expect([originOf(network).certain, warnings]).toEqual([true, []])
    expect(await differenceTo(file, network)).toBeLessThan(wrapping.by === 'layers' ? 1e-4 : 0.1)
  })

  it.each<readonly [string, Wrapping, RegExp]>([
    ['0..255', { by: 'weights', ...bytes }, /RGB, raw values 0\.\.255.*hardly see smaller values/],
    ['-1..1', { by: 'weights' }, /RGB, ImageNet.*nothing says/],
  ])('for %s, its normalisations folded away so that nothing is remembered, warns', async (name, wrapping, said) => {
    const { network, tensors } = foldBatchNorm(original.network, original.tensors, { includeBatchStatistics: true })
    write(`folded-${name.replace(/\W+/g, '-')}.onnx`, rewrap({ network, tensors }, wrapping))
    const loaded = await load(`folded-${name.replace(/\W+/g, '-')}.onnx`)
    expect(explainPreprocessing(loaded.network)).toMatch(said)
    expect(loaded.warnings.join()).toMatch(/not certain: look up .* set normalisation and channelOrder/)
  })
})
