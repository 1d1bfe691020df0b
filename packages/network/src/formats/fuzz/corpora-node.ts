import { must } from '@graft/errors'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { architectures } from '../../architectures/index.js'
import { classifierHead } from '../../head.js'
import type { Network, Tensors } from '../../network.js'
import { loadTensors } from '../../values/tensors.js'
import type { FormatWriter, ValueRange } from '../format.js'
import { formats } from '../formats.js'
import { encodeSafetensors } from '../safetensors/write.js'
import { filesOfZip } from '../zip/files-of-zip.js'
import { encodeOnnxModel } from '../onnx/encode-model.js'
import { decodeOnnxModel } from '../onnx/decode-model.js'
import { NodeList } from '../onnx/writers/node-list.js'

type Files = Readonly<Record<string, Uint8Array>>

/** A sound model as it lies in a folder, or alone, to be damaged. */
export interface Corpus {
  readonly id: string
  /** Of the format that reads it. */
  readonly format: string
  files(): Promise<Files>
}

/** Of the files of a long run: after a damaged HDF5 file a library of 4 MB starts anew, in a thread of its own. */
export const shareOf = ({ format }: Corpus): number => (format.startsWith('keras') ? 0.25 : 1)

/**
 * Models of every format: what its own writers write, what other programs have written, and real ones where they are. A
 * new format's writers are taken up by themselves; one that is only read needs a file in `foreign`.
 */
export const corpora = (): readonly Corpus[] => [...written(), ...laidOut, ...foreign(), ...real()]

const root = fileURLToPath(new URL('../../../../../', import.meta.url))

const filesIn = async (folder: string, names: readonly string[]): Promise<Files> =>
  Object.fromEntries(names.map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))]))

/** Files of Keras and PyTorch. */
const foreign = (): readonly Corpus[] =>
  [
    ['keras', 'packages/tests/src/formats/keras-fixtures', 'small.keras'],
    ['keras-h5', 'packages/tests/src/formats/keras-fixtures', 'small.h5'],
    ...['zip.pth', 'legacy.pth', 'wrapped.pth', 'attack.pth'].map(
      (name) => ['pytorch', 'packages/network/src/formats/pytorch/fixtures', name] as const,
    ),
  ].map(([format = '', folder = '', name = '']) => ({
    id: `${format}: ${name}`,
    format,
    files: () => filesIn(join(root, folder), [name]),
  }))

/** What people made with Teachable Machine. */
function real(): readonly Corpus[] {
  const folder = join(process.env['GRAFT_REAL_DATA'] ?? join(root, '../../shared/real'), 'teachable_machine')
  if (!existsSync(folder)) return []
  const browser = join(folder, 'tfjs')
  return [
    {
      id: 'keras-h5: Teachable Machine',
      format: 'keras-h5',
      files: () => filesIn(folder, ['keras_model.h5', 'labels.txt']),
    },
    {
      id: 'tfjs-layers: Teachable Machine',
      format: 'tfjs-layers',
      files: () => filesIn(browser, readdirSync(browser)),
    },
  ]
}

async function networkOf(name: string, inputSize: number): Promise<{ network: Network; tensors: Tensors }> {
  const architecture = must(architectures.find(({ id }) => id === name) ?? architectures[0], name)
  const built = architecture.build({ classes: 3, inputSize, seed: 5 })
  const network = { ...built, head: classifierHead(['ant', 'bee', 'cat']) }
  return { network, tensors: await loadTensors(network, () => Promise.reject(new Error('nothing is stored'))) }
}

const ranges = async (_: Network, __: Tensors, names: readonly string[]): Promise<ReadonlyMap<string, ValueRange>> =>
  new Map(names.map((name) => [name, { min: -1, max: 1 }]))

/** A small network as every writer writes it: Graft's own, else one that PyTorch knows. */
const written = (): readonly Corpus[] =>
  formats.flatMap((format) =>
    (format.writers ?? []).map((writer) => ({
      id: `${format.id}: written as ${writer.id}`,
      format: format.id,
      files: async () => {
        const bytes = await bytesOf(writer)
        return writer.extension === '.zip'
          ? Object.fromEntries(await filesOfZip(bytes))
          : { [`model${writer.extension}`]: bytes }
      },
    })),
  )

async function bytesOf(writer: FormatWriter): Promise<Uint8Array> {
  for (const name of ['graftnet', 'squeezenet1_1'])
    try {
      const { network, tensors } = await networkOf(name, name === 'graftnet' ? 16 : 64)
      return await writer.write(network, tensors, { measure: ranges })
    } catch (error) {
      if (name !== 'graftnet') throw error
    }
  throw new Error(`Nothing could be written as ${writer.id}.`)
}

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

/** So many of the tensors of a network of PyTorch, from a place on. */
async function part(from: number, to: number): Promise<Uint8Array> {
  const { tensors } = await networkOf('squeezenet1_1', 64)
  const names = [...tensors.keys()]
  const [first, last] = [from, to].map((share) => Math.floor(names.length * share))
  const chosen = names.slice(first, last).map((name) => [name, must(tensors.get(name), name)] as const)
  return encodeSafetensors(new Map(chosen), { format: 'pt' })
}

/** Models of several files: shards, a hub's folder, ONNX with its weights beside it. */
const laidOut: readonly Corpus[] = [
  {
    id: 'safetensors: shards',
    format: 'safetensors',
    files: async () => ({
      'model-00001-of-00002.safetensors': await part(0, 0.5),
      'model-00002-of-00002.safetensors': await part(0.5, 1),
    }),
  },
  {
    id: 'safetensors: folder of a hub',
    format: 'safetensors',
    files: async () => ({
      'model.safetensors': await part(0, 1),
      'config.json': json({ architecture: 'squeezenet1_1', num_classes: 3, label_names: ['ant', 'bee', 'cat'] }),
      'preprocessor_config.json': json({
        image_mean: [0.5, 0.5, 0.5],
        image_std: [0.5, 0.5, 0.5],
        size: { shortest_edge: 64 },
        crop_pct: 0.9,
      }),
    }),
  },
  { id: 'onnx: weights beside it', format: 'onnx', files: onnxWithData },
  { id: 'onnx: takes bytes', format: 'onnx', files: onnxOfBytes },
]

/** The shorter side of any image resized, the middle cut out and scaled, as other programs write it. */
async function onnxOfBytes(): Promise<Files> {
  const writer = must(
    formats.flatMap((format) => format.writers ?? []).find(({ id }) => id === 'onnx'),
    'the writer of ONNX',
  )
  const { network, tensors } = await networkOf('graftnet', 16)
  const model = decodeOnnxModel(await writer.write(network, tensors))
  const list = new NodeList('front/')
  const whole = (...values: number[]): string => list.constant('int64', values)
  const sizes = list.add('Shape', ['bytes'], { start: 1, end: 3 })
  const shorter = list.add('ReduceMin', [sizes], { keepdims: 1 })
  const target = list.add('Concat', [whole(1, 3), list.add('Div', [list.add('Mul', [sizes, whole(20)]), shorter])], {
    axis: 0,
  })
  const planes = list.add('Transpose', [list.add('Cast', ['bytes'], { to: 1 })], { perm: [0, 3, 1, 2] })
  const resized = list.add('Resize', [planes, '', '', target], { mode: 'linear' })
  const [before, after] = [whole(2, 2), whole(18, 18)]
  const cut = list.add('Slice', [resized, before, after, whole(2, 3)])
  list.add('Div', [cut, list.constant('float32', [255])], {}, network.input.name)
  const { graph } = model
  const inputs = [{ name: 'bytes', type: 'uint8', shape: ['N', 20, 20, 3] } as const]
  const initializers = [...graph.initializers, ...list.constants]
  const nodes = [...list.nodes, ...graph.nodes]
  return { 'model.onnx': encodeOnnxModel({ ...model, metadata: {}, graph: { ...graph, nodes, initializers, inputs } }) }
}

async function onnxWithData(): Promise<Files> {
  const writer = must(
    formats.flatMap((format) => format.writers ?? []).find(({ id }) => id === 'onnx'),
    'the writer of ONNX',
  )
  const { network, tensors } = await networkOf('graftnet', 16)
  const model = decodeOnnxModel(await writer.write(network, tensors))
  const data: Uint8Array[] = []
  let offset = 0
  const initializers = model.graph.initializers.map((tensor) => {
    if (!(tensor.data instanceof Uint8Array) || tensor.data.length < 64) return tensor
    const place = { location: 'weights.bin', offset, length: tensor.data.length }
    data.push(tensor.data)
    offset += tensor.data.length
    return { ...tensor, data: place }
  })
  const bytes = new Uint8Array(offset)
  data.reduce((at, part) => (bytes.set(part, at), at + part.length), 0)
  return {
    'model.onnx': encodeOnnxModel(
      { ...model, metadata: {}, graph: { ...model.graph, initializers } },
      { keepExternal: true },
    ),
    'weights.bin': bytes,
  }
}
