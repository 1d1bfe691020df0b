import { multiLabel, onnxEngine, openTfjsFile, singleLabel } from '@graft/engines'
import {
  addHead,
  createRandom,
  filesInMemory,
  filesOfZip,
  findArchitecture,
  type LoadedNetwork,
  loadTensors,
  normal,
  readNetwork,
  stripHead,
  writers,
} from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { createImageLoader } from '@graft/nodes'
import { describe, expect, it } from 'vitest'
import { withNeighbours } from './neighbours.js'
import { hasRealData, imagenetSamples, realMobilenet } from './real-photos.js'

const seed = 23
const count = 2
const tfjs = writers.find(({ id }) => id === 'tfjs')!

/** With a new head for 5 classes, and numbers of no special value. */
async function retrained(name: string, size: number, pooling: 'average' | 'none' = 'average'): Promise<LoadedNetwork> {
  const built = findArchitecture(name).build({ classes: 7, inputSize: size, seed })
  const options = { classNames: ['ant', 'bee', 'cat', 'dog', 'eel'], pooling, hidden: [], dropout: 0.2, seed } as const
  const network = addHead(stripHead(built), options)
  const tensors = await loadTensors(network, () => Promise.reject(new Error('nothing is stored')))
  const random = createRandom(seed)
  for (const { operator, parameters } of network.layers)
    if (operator === 'BatchNormalization' || operator === 'LayerNormalization')
      for (const key of Object.values(parameters))
        tensors.get(key)?.data.forEach((value, index, data) => (data[index] = value + 0.1 * Math.abs(normal(random))))
  // Answers that are not all 0 or 1 to the last digit.
  const weight = tensors.get('head.fc.weight')?.data
  weight?.forEach((value, index) => (weight[index] = value * 0.02))
  return { network, tensors }
}

const taskOf = ({ network }: LoadedNetwork) => (network.head?.task === 'multi-label' ? multiLabel : singleLabel)

const write = (loaded: LoadedNetwork): Promise<Uint8Array> =>
  tfjs.write(loaded.network, loaded.tensors, { activation: taskOf(loaded).activation })

/** Largest difference of probabilities between TensorFlow.js, from the file alone, and Graft. */
async function difference(loaded: LoadedNetwork, size: number): Promise<number> {
  const { network, tensors } = loaded
  const random = createRandom(seed)
  const batch = {
    shape: [count, 3, size, size],
    data: Float32Array.from({ length: count * 3 * size * size }, () => normal(random)),
  }
  const file = await openTfjsFile(await write(loaded))
  const { probabilities: theirs = new Float32Array() } = await file.run(batch)
  await file.close()
  const forward = await onnxEngine.forward(network, { tensors })
  const { [network.output]: logits } = await forward.run(batch)
  await forward.dispose()
  const width = network.head?.names.length ?? 0
  const ours = taskOf(loaded).decode({ values: logits?.data ?? [], width }, network.head!)
  expect(theirs).toHaveLength(count * width)
  expect(new Set([...theirs].map((value) => value.toFixed(4))).size).toBeGreaterThan(2)
  return Math.max(
    ...ours.flatMap(({ probabilities }, row) =>
      probabilities.map((value, index) => Math.abs(value - (theirs[row * width + index] ?? NaN))),
    ),
  )
}

describe(`TensorFlow.js layers models that Graft writes (seed ${seed})`, () => {
  it.each([
    'graftnet',
    'resnet18',
    'mobilenet_v2',
    'mobilenet_v3_small',
    'efficientnet_b0',
    'squeezenet1_1',
    'densenet121',
    'convnext_atto',
    'googlenet',
    'regnet_y_400mf',
  ])('answer in TensorFlow.js as in Graft: %s', async (name) => {
    expect(await difference(await retrained(name, 64), 64)).toBeLessThan(1e-4)
  })

  it('keep the order of numbers that are flattened', async () => {
    expect(await difference(await retrained('graftnet', 64, 'none'), 64)).toBeLessThan(1e-4)
  })

  it.each([
    ['one class', false],
    ['several classes', true],
  ] as const)('have a head of nearest neighbours, for %s per image', async (_, several) => {
    expect(await difference(await withNeighbours(64, several, seed), 64)).toBeLessThan(2e-5)
  })

  it('are read by Graft again', async () => {
    const loaded = await retrained('graftnet', 64)
    const files = Object.fromEntries(await filesOfZip(await write(loaded)))
    const again = await readNetwork(filesInMemory(files))
    expect(again.network.head?.names).toEqual(['ant', 'bee', 'cat', 'dog', 'eel'])
    expect(await difference(again, 64)).toBeLessThan(1e-4)
  })

  it('are refused by layer where Keras has none for it', async () => {
    await expect(write(await retrained('shufflenet_v2_x0_5', 64))).rejects.toThrow(
      /Layer \S+ \((Reshape|Slice|Split)\) can't be written as Keras layers/,
    )
  })

  it.skipIf(!hasRealData)('name real photos as Graft does', async () => {
    const loaded = await readNetwork(await openModelFiles(realMobilenet))
    const samples = imagenetSamples(8)
    const { preprocessing } = loaded.network
    const loader = createImageLoader({ samples, transforms: [], preprocessing, seed: 0, threads: 0 })
    const batch = await loader.load([0, 1, 2, 3, 4, 5, 6, 7], 0)
    await loader.close()
    const file = await openTfjsFile(await write(loaded))
    const { probabilities = new Float32Array() } = await file.run(batch)
    await file.close()
    const forward = await onnxEngine.forward(loaded.network, { tensors: loaded.tensors })
    const logits = (await forward.run(batch))[loaded.network.output]?.data ?? new Float32Array()
    await forward.dispose()
    const ours = singleLabel.decode({ values: logits, width: 1000 }, loaded.network.head!)
    const differences = ours.flatMap((row, index) =>
      row.probabilities.map((value, place) => Math.abs(value - (probabilities[index * 1000 + place] ?? NaN))),
    )
    const largest = differences.reduce((most, value) => Math.max(most, value), 0)
    console.log(`largest difference on 8 photos in TensorFlow.js: ${largest.toExponential(1)}`)
    expect(largest).toBeLessThan(1e-3)
  })
})
