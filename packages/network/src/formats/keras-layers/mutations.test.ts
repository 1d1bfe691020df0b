import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Tensors } from '../../network.js'
import { validateNetwork } from '../../validate-network.js'
import { createRandom } from '../../values/random.js'
import { FormatError } from '../../weight-format.js'
import { readHdf5 } from '../hdf5/read-hdf5.js'
import { filesInMemory } from '../model-files.js'
import { readNetwork } from '../read-network.js'
import { zipDirectory } from '../zip/directory.js'
import { entryBytes } from '../zip/entry-bytes.js'
import { parseJson } from './class-names.js'
import { findByNumber } from './find-weight.js'
import { kerasNetwork } from './keras-network.js'
import { parseTopology } from './topology.js'

const seed = Number(process.env.GRAFT_TEST_SEED ?? Math.floor(Math.random() * 1e9))
const random = createRandom(seed)
console.log(`keras mutations random seed: ${seed} (set GRAFT_TEST_SEED to repeat)`)

const folder = '../../../../tests/src/formats/keras-fixtures'
const fixture = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(fileURLToPath(new URL(`${folder}/${name}`, import.meta.url))))

const any = (count: number): number => Math.floor(random() * count)
const pick = <Item>(items: readonly Item[]): Item => items[any(items.length)] as Item

/** Every object and list in a description. */
function holdersIn(value: unknown): (Record<string, unknown> | unknown[])[] {
  if (typeof value !== 'object' || value === null) return []
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(holdersIn)]
}

const junk = [null, -1, 0, 1e9, 1e308, 0.5, '', 'Sequential', 'Functional', 'Add', [], {}, [[[]]], true, [2 ** 31, 1]]

/** Changes, removes or copies something anywhere in a description. */
function mutate(description: unknown): void {
  const holder = pick(holdersIn(description))
  const keys = Object.keys(holder)
  if (keys.length === 0) return
  const [key, other] = [pick(keys), pick(keys)] as [never, never]
  if (random() < 0.6) holder[key] = structuredClone(pick(junk)) as never
  else if (random() < 0.5) delete holder[key]
  else holder[key] = structuredClone(holder[other])
}

/** Either a sound network, or an error that explains itself. */
async function expectSoundOrExplained(
  reading: Promise<{ network: Parameters<typeof validateNetwork>[0] }>,
): Promise<void> {
  try {
    validateNetwork((await reading).network)
  } catch (error) {
    expect(error, `seed ${seed}: ${error instanceof Error ? error.stack : String(error)}`).toBeInstanceOf(FormatError)
    expect((error as FormatError).fix.length).toBeGreaterThan(10)
    expect((error as FormatError).message.length).toBeLessThan(3000)
  }
}

describe(`damaged files of Keras (seed ${seed})`, () => {
  let description = ''
  let tensors: Tensors = new Map()

  const sourceOf = (): Parameters<typeof kerasNetwork>[1] => ({
    files: filesInMemory({ 'small.keras': new Uint8Array(1) }),
    directory: '',
    dialect: 'keras3',
    findWeight: findByNumber(tensors),
    title: 'Keras model',
  })

  beforeAll(async () => {
    const files = filesInMemory({ 'small.keras': fixture('small.keras') })
    const entries = await zipDirectory(files, 'small.keras')
    const entry = (name: string): ReturnType<typeof entryBytes> =>
      entryBytes(files, 'small.keras', entries.get(name)!, 2 ** 26)
    description = new TextDecoder().decode(await entry('config.json'))
    tensors = new Map((await readHdf5(await entry('model.weights.h5'), 'weights')).tensors)
  })

  it('a description with changes anywhere gives a sound network or an error that explains itself', async () => {
    for (let round = 0; round < 200; round += 1) {
      const changed: unknown = JSON.parse(description)
      for (let change = any(3); change >= 0; change -= 1) mutate(changed)
      await expectSoundOrExplained(Promise.resolve().then(() => kerasNetwork(parseTopology(changed), sourceOf())))
    }
  })

  it('a map wider than any before a dense layer is refused at once', async () => {
    const changed = description.replaceAll(/"padding": \[\[\d+, \d+\]/g, '"padding": [[1000000000, 1]')
    expect(changed).not.toBe(description)
    const reading = Promise.resolve().then(() => kerasNetwork(parseTopology(JSON.parse(changed)), sourceOf()))
    await expect(reading).rejects.toThrow(/has weights for \d+ inputs and gets \d+/)
  })

  it.each(['small.keras', 'small.h5'])('%s with changed bytes does so too', async (name) => {
    const whole = fixture(name)
    for (let round = 0; round < 12; round += 1) {
      const bytes = whole.slice(0, random() < 0.2 ? any(whole.length) : whole.length)
      for (let change = any(6); change >= 0; change -= 1) bytes[any(random() < 0.5 ? 4000 : bytes.length)] = any(256)
      await expectSoundOrExplained(readNetwork(filesInMemory({ [name]: bytes })))
    }
  })

  it('models that call each other over and over are refused, and so are models nested without end', async () => {
    const input = { class_name: 'InputLayer', name: 'x', config: { batch_shape: [null, 8, 8, 3] }, inbound_nodes: [] }
    const relu = { class_name: 'ReLU', name: 'r', config: {}, inbound_nodes: [[['x', 0, 0, {}]]] }
    const around = (inner: object, calls: number): object => {
      const nodes = Array.from({ length: calls }, (_, call) => [[call === 0 ? 'x' : 'r', Math.max(0, call - 1), 0, {}]])
      const config = { name: 'm', layers: [input, { ...inner, name: 'r', inbound_nodes: nodes }] }
      return {
        class_name: 'Functional',
        config: { ...config, input_layers: [['x', 0, 0]], output_layers: [['r', 0, 0]] },
      }
    }
    const nested = (depth: number, calls: number): object =>
      Array.from({ length: depth }).reduce<object>((inner) => around(inner, calls), around(relu, 1))
    const source = { files: filesInMemory({ a: new Uint8Array(1) }), directory: '', dialect: 'keras3' } as const
    const read = async (model: unknown): Promise<unknown> =>
      kerasNetwork(parseTopology(model), { ...source, findWeight: () => undefined, title: 'Keras model' })
    await expect(read(nested(28, 2))).rejects.toThrow(/too often|at most/)
    await expect(read(nested(5000, 1))).rejects.toThrow(/nested deeper/)
    expect(parseJson(new TextEncoder().encode('{'))).toBeUndefined()
  })
})
