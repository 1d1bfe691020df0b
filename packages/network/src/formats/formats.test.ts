import { describe, expect, it } from 'vitest'
import { architectures } from '../architectures/index.js'
import type { Network, Tensors } from '../network.js'
import { initialise } from '../values/initialise.js'
import { headBytes } from './format.js'
import { formats, writers } from './formats.js'
import { filesInMemory } from './model-files.js'
import { readNetwork } from './read-network.js'

// What every format promises; a new one is tested by being listed.
function smallNetwork(): { network: Network; tensors: Tensors } {
  const network = architectures[0]!.build({ classes: 3, inputSize: 16, seed: 5 })
  const tensors: Tensors = new Map(
    Object.entries(network.parameters).map(([name, { shape, source }]) => {
      if (source.kind !== 'initializer') throw new Error(`${name} has no initializer.`)
      return [name, { shape, data: initialise(shape, source.initializer, source.seed) }]
    }),
  )
  return { network, tensors }
}

describe.each(formats.map((format) => [format.id, format] as const))('the format %s', (id, format) => {
  it('has an id and a title of its own, and endings in lower case with their dot', () => {
    expect(formats.filter((other) => other.id === id || other.title === format.title)).toEqual([format])
    expect(format.extensions.length).toBeGreaterThan(0)
    for (const extension of format.extensions) expect(extension).toMatch(/^(\.[a-z0-9_]+)+$/)
  })

  it('does not take an empty file, text or zeros for its own', () => {
    for (const bytes of [new Uint8Array(), new TextEncoder().encode('<!doctype html>'), new Uint8Array(64)])
      expect(format.recognises(bytes)).toBe(false)
  })
})

const lossless = writers.filter(({ comesBack }) => comesBack)

describe.each(lossless.map((writer) => [writer.id, writer] as const))('what %s writes', (_, writer) => {
  it('is recognised by one format, and read back as the same network with the same weights', async () => {
    const { network, tensors } = smallNetwork()
    const bytes = await writer.write(network, tensors)
    const head = bytes.subarray(0, headBytes)
    expect(formats.filter((other) => other.recognises(head))).toHaveLength(1)
    const name = `model${writer.extension}`
    const loaded = await readNetwork(filesInMemory({ [name]: bytes }))
    expect(loaded.network.layers.map(({ operator }) => operator)).toEqual(
      network.layers.map(({ operator }) => operator),
    )
    expect(loaded.tensors.size).toBe(tensors.size)
    for (const [tensor, { data }] of tensors) expect(loaded.tensors.get(tensor)?.data).toEqual(data)
  })
})

describe('the ways to write a network', () => {
  it('have ids and titles of their own', () => {
    expect(new Set(writers.map(({ id }) => id)).size).toBe(writers.length)
    expect(new Set(writers.map(({ title }) => title)).size).toBe(writers.length)
  })
})
