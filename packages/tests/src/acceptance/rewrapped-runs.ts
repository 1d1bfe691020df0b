// The acceptance of fault 1 ("preprocessing is guessed"), to the end: the real MobileNet wrapped in eight ways, with and
// without what its maker says of it, each trained on hymenoptera without any setting. Prints a table; ends with 1 where
// a network gets less than 92 % without a warning. Fifteen minutes on two cores, so it is a script:
//   node packages/tests/dist/acceptance/rewrapped-runs.js
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readNetwork } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { rewrap, type Wrapping } from './rewrap.js'
import { accuracyOf, eventsOf, type GraftRun, hasRealData, mobilenet, photos, Workplace } from './run-graft.js'

const ofBytes = { factor: [1 / 127.5, 1 / 127.5, 1 / 127.5], shift: [-1, -1, -1] }
const means = [103.939, 116.779, 123.68]
const half = [0.5, 0.5, 0.5]

const windows = (order: string): Readonly<Record<string, string>> => ({
  'Image.BitmapPixelFormat': order,
  'Image.NominalPixelRange': 'NominalRange_0_255',
})
const resized = { size: { shortest_edge: 256 }, crop_size: { height: 224, width: 224 }, do_center_crop: true }

interface Way {
  readonly name: string
  readonly wrapping: Wrapping
  /** What a maker of such a network writes into the file, or beside it. */
  readonly metadata?: Readonly<Record<string, string>>
  readonly beside?: object
}

const ways: readonly Way[] = [
  { name: 'scaling inside', wrapping: { by: 'layers', ...ofBytes }, metadata: windows('Rgb8') },
  {
    name: '0..1',
    wrapping: { by: 'weights', factor: [2, 2, 2], shift: [-1, -1, -1] },
    beside: { ...resized, do_rescale: true, do_normalize: false },
  },
  { name: '0..255', wrapping: { by: 'weights', ...ofBytes }, metadata: windows('Rgb8') },
  { name: '-1..1', wrapping: { by: 'weights' }, beside: { ...resized, image_mean: half, image_std: half } },
  {
    name: 'ImageNet',
    wrapping: { by: 'weights', factor: [0.458, 0.448, 0.45], shift: [-0.03, -0.088, -0.188] },
    beside: { ...resized, image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225] },
  },
  {
    name: 'caffe',
    wrapping: { by: 'weights', factor: ofBytes.factor, shift: means.map((mean) => mean / 127.5 - 1), bgr: true },
    beside: {
      ...{ ...resized, do_rescale: false, do_flip_channel_order: true },
      ...{ image_mean: means, image_std: [1, 1, 1] },
    },
  },
  {
    name: 'BGR',
    wrapping: { by: 'weights', bgr: true },
    beside: { ...resized, image_mean: half, image_std: half, do_flip_channel_order: true },
  },
  { name: 'NHWC', wrapping: { by: 'layers', ...ofBytes, channelsLast: true }, metadata: windows('Rgb8') },
]

const columns = ['pixels', 'metadata', 'accuracy', 'certain', 'what it says']

/** One line of the table, and whether it keeps the promise. */
function judge(name: string, metadata: string, run: GraftRun): { readonly line: string; readonly kept: boolean } {
  const logs = eventsOf(run, 'log').filter(({ node }) => node === 'backbone')
  const said = logs.find(({ message }) => message.includes('Pixels:'))?.message ?? ''
  const certain = !logs.some(({ level, message }) => level === 'warning' && /not certain/.test(message))
  const accuracy = run.code === 0 ? accuracyOf(run, 'evaluate') : 0
  const shown = run.code === 0 ? `${(100 * accuracy).toFixed(1)} %` : `ended with ${run.code}`
  const reason = said.replace(/^.*?Pixels: /s, '')
  return {
    line: `| ${[name, metadata, shown, certain ? 'yes' : 'no: warns', reason].join(' | ')} |`,
    kept: run.code === 0 && (accuracy >= 0.92 || !certain),
  }
}

async function main(): Promise<void> {
  if (!hasRealData()) return
  const original = await readNetwork(await openModelFiles(mobilenet))
  const place = new Workplace()
  const print = (line: string): void => void process.stdout.write(`${line}\n`)
  print(`| ${columns.join(' | ')} |\n|${' --- |'.repeat(columns.length)}`)
  try {
    for (const { name, wrapping, metadata, beside } of ways)
      for (const kind of ['without', metadata === undefined ? 'beside the file' : 'in the file']) {
        const folder = join(place.directory, `${name} ${kind}`.replaceAll(/[^\w]+/g, '-'))
        mkdirSync(folder)
        const own = kind === 'in the file' && metadata !== undefined ? { metadata } : {}
        writeFileSync(join(folder, 'model.onnx'), rewrap(original, { ...wrapping, ...own }))
        if (kind === 'beside the file') writeFileSync(join(folder, 'preprocessor_config.json'), JSON.stringify(beside))
        const run = await place.run(
          'photos',
          ...['--set', `images.path=${photos}`, '--set', `backbone.source=${join(folder, 'model.onnx')}`],
          ...['--engine', 'onnx', '--device', 'cpu', '--to', 'evaluate'],
        )
        const { line, kept } = judge(name, kind, run)
        print(line)
        if (!kept) process.exitCode = 1
      }
  } finally {
    place.remove()
  }
}

await main()
