import { createHash } from 'node:crypto'
import {
  addHead,
  type Architecture,
  architectures,
  freeze,
  loadTensors,
  type Network,
  stripHead,
  type Tensors,
} from '@graft/network'
import { beforeEach, describe, expect, it } from 'vitest'
import type { BlobStore } from '../../sdk/node-context.js'
import { loadModelTensors, storeModel, storeTrained } from './model-weights.js'
import type { ModelValue } from '../../sdk/values.js'

/** A store in memory that counts what was written. */
function memoryStore(): { readonly store: BlobStore; written(): number } {
  const blobs = new Map<string, Uint8Array>()
  let written = 0
  const put: BlobStore['put'] = async (bytes, mediaType) => {
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    written += bytes.byteLength
    blobs.set(sha256, bytes.slice())
    return { sha256, bytes: bytes.byteLength, mediaType }
  }
  const get: BlobStore['get'] = async (sha256) => blobs.get(sha256) ?? Promise.reject(new Error(`no ${sha256}`))
  return {
    store: { put, get, has: async (sha256) => blobs.has(sha256) },
    written: () => written,
  }
}

const backbone = (architectures[0] as Architecture).build({ classes: 4, inputSize: 32, seed: 1 })
const headed = freeze(
  addHead(stripHead(backbone), { classNames: ['ant', 'bee'], pooling: 'average', hidden: [], dropout: 0, seed: 2 }),
  { to: 'stage5', frozen: true, statistics: 'frozen' },
)
let memory: ReturnType<typeof memoryStore>
let model: ModelValue
let before: Tensors

beforeEach(async () => {
  memory = memoryStore()
  model = await storeModel(
    { network: headed, tensors: await loadTensors(headed, () => Promise.reject(new Error('no blobs'))) },
    memory.store,
  )
  before = await loadModelTensors(model, memory.store)
})

/** As after training: other arrays everywhere, other values where `moves` says so. */
const trained = (moves: (name: string) => boolean): Tensors =>
  new Map(
    [...before].map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map((value) => (moves(name) ? value + 0.5 : value)) },
    ]),
  )
const blobsOf = ({ parameters }: Network): string[] => [
  ...new Set(Object.values(parameters).map(({ source }) => (source.kind === 'blob' ? source.blob : source.kind))),
]

describe('storeTrained', () => {
  it('stores what has changed, leaves the rest where it is, and every value can be read again', async () => {
    const written = memory.written()
    const after = trained((name) => headed.parameters[name]?.trainable === true)
    const stored = await storeTrained({ network: model.network, tensors: after }, before, memory.store)
    expect(memory.written() - written).toBeLessThan(written / 20)
    expect(blobsOf(stored.network)).toHaveLength(2)
    expect(await loadModelTensors(stored, memory.store)).toEqual(after)
    expect(Object.keys(stored.network.parameters)).toEqual(Object.keys(headed.parameters))
  })

  it("takes a value for changed when one bit is, even that of a zero's sign", async () => {
    const [name] = [...before.keys()] as [string]
    const zeros = (sign: number): Tensors =>
      new Map(before).set(name, {
        shape: before.get(name)?.shape ?? [],
        data: Float32Array.from(before.get(name)?.data ?? [], () => sign * 0),
      })
    const { network } = await storeModel({ network: headed, tensors: zeros(1) }, memory.store)
    const stored = await storeTrained({ network, tensors: zeros(-1) }, zeros(1), memory.store)
    expect(Object.is((await loadModelTensors(stored, memory.store)).get(name)?.data[0], -0)).toBe(true)
  })

  it('stores values that came from an initialiser, also those that training left alone', async () => {
    const stored = await storeTrained({ network: headed, tensors: trained(() => false) }, before, memory.store)
    expect(blobsOf(stored.network)).toEqual(blobsOf(model.network))
  })

  it('stores nothing when nothing has changed', async () => {
    const written = memory.written()
    expect(await storeTrained({ network: model.network, tensors: trained(() => false) }, before, memory.store)).toEqual(
      model,
    )
    expect(memory.written()).toBe(written)
  })

  it('gives the same plan in whatever order the values come', async () => {
    const after = trained((name) => headed.parameters[name]?.trainable === true)
    const once = await storeTrained({ network: model.network, tensors: after }, before, memory.store)
    const twice = await storeTrained(
      { network: model.network, tensors: new Map([...after].reverse()) },
      before,
      memory.store,
    )
    expect(twice).toEqual(once)
  })
})
