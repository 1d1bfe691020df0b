import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { multiLabel, onnxEngine, singleLabel } from '@graft/engines'
import {
  addHead,
  createRandom,
  filesInMemory,
  findArchitecture,
  type LoadedNetwork,
  loadTensors,
  normal,
  readNetwork,
  stripHead,
  writers,
} from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withNeighbours } from './neighbours.js'
import { hasRealData, realMobilenet } from './real-photos.js'

const seed = 29
const [count, size] = [2, 64]
const keras = writers.find(({ id }) => id === 'keras')!

/** With a new head for 5 classes, and numbers of no special value. */
async function retrained(name: string): Promise<LoadedNetwork> {
  const built = findArchitecture(name).build({ classes: 7, inputSize: size, seed })
  const options = { classNames: ['ant', 'bee', 'cat', 'dog', 'eel'], pooling: 'average', hidden: [8] } as const
  const network = addHead(stripHead(built), { ...options, dropout: 0.2, seed })
  const tensors = await loadTensors(network, () => Promise.reject(new Error('nothing is stored')))
  const random = createRandom(seed)
  for (const { operator, parameters } of network.layers)
    if (operator === 'BatchNormalization' || operator === 'LayerNormalization')
      for (const key of Object.values(parameters))
        tensors.get(key)?.data.forEach((value, index, data) => (data[index] = value + 0.1 * Math.abs(normal(random))))
  // Answers that are neither all the same nor all 0 or 1.
  const logits = await logitsOf({ network, tensors })
  const span = Math.max(...logits) - Math.min(...logits)
  const last = network.layers.findLast(({ operator }) => operator === 'Gemm')?.parameters ?? {}
  for (const key of Object.values(last))
    tensors.get(key)?.data.forEach((value, index, data) => (data[index] = (value * 4) / span))
  return { network, tensors }
}

/** Prepared images `[count, 3, size, size]`. */
function images(of: number): { shape: number[]; data: Float32Array } {
  const random = createRandom(seed)
  return {
    shape: [count, 3, of, of],
    data: Float32Array.from({ length: count * 3 * of * of }, () => normal(random)),
  }
}

function channelsLast({ shape, data }: ReturnType<typeof images>): Float32Array {
  const [, channels = 3, height = 1, width = 1] = shape
  const area = height * width
  return data.map((_, index) => {
    const [image, rest] = [Math.floor(index / (channels * area)), index % (channels * area)]
    return data[(image * channels + (rest % channels)) * area + Math.floor(rest / channels)] ?? NaN
  })
}

async function logitsOf({ network, tensors }: LoadedNetwork): Promise<Float32Array> {
  const forward = await onnxEngine.forward(network, { tensors })
  const { [network.output]: logits } = await forward.run(images(network.input.shape[1] ?? size))
  await forward.dispose()
  return logits?.data ?? new Float32Array()
}

const taskOf = ({ network }: LoadedNetwork) => (network.head?.task === 'multi-label' ? multiLabel : singleLabel)

const write = (loaded: LoadedNetwork): Promise<Uint8Array> =>
  keras.write(loaded.network, loaded.tensors, { activation: taskOf(loaded).activation })

async function probabilitiesOf(loaded: LoadedNetwork): Promise<readonly number[]> {
  const { head } = loaded.network
  const task = taskOf(loaded)
  const values = await logitsOf(loaded)
  return task.decode({ values, width: head?.names.length ?? 0 }, head!).flatMap((row) => row.probabilities)
}

const largest = (one: readonly number[], other: ArrayLike<number>): number =>
  one.reduce((most, value, index) => Math.max(most, Math.abs(value - (other[index] ?? NaN))), 0)

describe(`Keras files that Graft writes (seed ${seed})`, () => {
  it('are read by Graft again: the same answers, class names and preprocessing', async () => {
    const loaded = await retrained('graftnet')
    const preprocessing = { ...loaded.network.preprocessing, channelOrder: 'bgr', cropFraction: 0.9 } as const
    const given = { ...loaded, network: { ...loaded.network, preprocessing } }
    const bytes = await keras.write(given.network, given.tensors)
    const again = await readNetwork(filesInMemory({ 'model.keras': bytes }))
    expect(again.network.head?.names).toEqual(['ant', 'bee', 'cat', 'dog', 'eel'])
    expect(again.network.preprocessing).toEqual(preprocessing)
    expect(largest(await probabilitiesOf(given), await probabilitiesOf(again))).toBeLessThan(1e-5)
  })

  it.each([
    ['one class', false],
    ['several classes', true],
  ] as const)('have a head of nearest neighbours, for %s per image', async (_, several) => {
    const loaded = await withNeighbours(size, several, seed)
    const again = await readNetwork(filesInMemory({ 'model.keras': await write(loaded) }))
    expect(again.network.head?.task).toBe(loaded.network.head?.task)
    expect(largest(await probabilitiesOf(loaded), await probabilitiesOf(again))).toBeLessThan(1e-5)
  })

  it('have the same bytes every time', async () => {
    const { network, tensors } = await retrained('graftnet')
    expect(await keras.write(network, tensors)).toEqual(await keras.write(network, tensors))
  })

  it('are refused by layer where Keras has none for it', async () => {
    const { network, tensors } = await retrained('shufflenet_v2_x0_5')
    await expect(keras.write(network, tensors)).rejects.toThrow(
      /Layer \S+ \((Reshape|Slice|Split)\) can't be written as Keras layers/,
    )
  })
})

const python = process.env['GRAFT_KERAS_PYTHON'] ?? 'python3'
const hasKeras = spawnSync(python, ['-c', 'import keras, h5py']).status === 0
if (!hasKeras)
  console.log(`skipped: ${python} has no Keras; set GRAFT_KERAS_PYTHON to an interpreter that has Keras 3 and h5py`)

const names = [
  'graftnet',
  'mobilenet_v2',
  'mobilenet_v3_small',
  'resnet18',
  'resnext50_32x4d',
  'efficientnet_b0',
  'regnet_y_400mf',
  'squeezenet1_1',
  'googlenet',
  'convnext_atto',
]

describe.skipIf(!hasKeras)('Keras 3 itself', () => {
  const folder = mkdtempSync(join(tmpdir(), 'graft-to-keras-'))
  const written = new Map<string, LoadedNetwork>()
  let told = ''

  async function lay(name: string, loaded: LoadedNetwork): Promise<void> {
    written.set(name, loaded)
    writeFileSync(join(folder, `${name}.keras`), await write(loaded))
    const values = channelsLast(images(loaded.network.input.shape[1] ?? size))
    writeFileSync(join(folder, `${name}.bin`), new Uint8Array(values.buffer))
  }

  beforeAll(async () => {
    for (const name of names) await lay(name, await retrained(name))
    await lay('neighbours', await withNeighbours(size, false, seed))
    await lay('several-neighbours', await withNeighbours(size, true, seed))
    if (hasRealData) await lay('mobilenet', await readNetwork(await openModelFiles(realMobilenet)))
    const facts = [...written].map(([name, { network }]) => [name, [count, network.input.shape[1]]])
    writeFileSync(join(folder, 'facts.json'), JSON.stringify(Object.fromEntries(facts)))
    const script = fileURLToPath(new URL('keras_files.py', import.meta.url))
    const { status, stdout, stderr } = spawnSync(python, [script, folder], { encoding: 'utf8' })
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
    told = stdout
  }, 900_000)

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each([...names, 'neighbours', 'several-neighbours', ...(hasRealData ? ['mobilenet'] : [])])(
    'loads %s without custom objects, gives the same probabilities, and would train what Graft trains',
    async (name) => {
      const loaded = written.get(name)!
      const theirs = new Float32Array(new Uint8Array(readFileSync(join(folder, `${name}.out`))).buffer)
      const ours = await probabilitiesOf(loaded)
      expect(theirs).toHaveLength(ours.length)
      expect(new Set([...theirs].map((value) => value.toFixed(4))).size).toBeGreaterThan(2)
      const difference = largest(ours, theirs)
      console.log(`${name}: largest difference of a probability in Keras ${difference.toExponential(1)}`)
      expect(difference).toBeLessThan(1e-4)
      expect(told).toMatch(new RegExp(`^${name} \\d+$`, 'm'))
    },
  )
})
