import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { onnxEngine, tfjsEngine } from '@graft/engines'
import { filesInMemory, readNetwork } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { describe, expect, it } from 'vitest'
import { batchOf, differenceTo, type KerasReference } from './keras-reference.js'

const fixture = (name: string): string => fileURLToPath(new URL(`keras-fixtures/${name}`, import.meta.url))

const reference = JSON.parse(readFileSync(fixture('small.json'), 'utf8')) as KerasReference

describe.each(['small.keras', 'small.h5'])('%s, as Keras 3 writes it', (name) => {
  it('gives the logits of Keras, in every engine', async () => {
    const { network, tensors } = await readNetwork(await openModelFiles(fixture(name)))
    for (const engine of [onnxEngine, tfjsEngine]) {
      const forward = await engine.forward(network, { tensors })
      const result = (await forward.run(batchOf(reference)))[network.output]
      await forward.dispose()
      expect(differenceTo(reference, result?.data ?? []), engine.id).toBeLessThan(1e-4)
    }
  })

  it('takes raw pixels, as it scales them itself, and learns what Keras learns', async () => {
    const { network } = await readNetwork(await openModelFiles(fixture(name)))
    expect(network.preprocessing.deviation[0]).toBeCloseTo(1 / 255)
    expect(network.head?.names).toHaveLength(5)
    const frozen = Object.entries(network.parameters).filter(([, { trainable }]) => !trainable)
    expect(frozen.filter(([key]) => key.endsWith('.scale')).map(([key]) => key)).toHaveLength(2)
  })

  it('takes its class names from the labels.txt that Teachable Machine puts beside it', async () => {
    const labels = ['0 Cat', '1 Dog', '2 Sea bird', '3 4x4', '4 Frog'].join('\n')
    const bytes = {
      [name]: new Uint8Array(readFileSync(fixture(name))),
      'labels.txt': new TextEncoder().encode(labels),
    }
    const { network } = await readNetwork(filesInMemory(bytes))
    expect(network.head?.names).toEqual(['Cat', 'Dog', 'Sea bird', '4x4', 'Frog'])
  })

  it('is refused with a clear message when it is cut off', async () => {
    const whole = new Uint8Array(readFileSync(fixture(name)))
    for (const share of [0.3, 0.7, 0.99])
      await expect(readNetwork(filesInMemory({ [name]: whole.slice(0, whole.length * share) }))).rejects.toMatchObject({
        name: 'FormatError',
        fix: expect.stringMatching(/again/),
      })
  })
})

// Keras reads its float32 where these have half precision: 11 bits of a number.
describe.each([
  ['small-big-endian.h5', 1e-4],
  ['small-half.h5', 2e-2],
])('%s, whose numbers lie otherwise', (name, most) => {
  it('gives the logits of Keras', async () => {
    const { network, tensors } = await readNetwork(await openModelFiles(fixture(name)))
    const forward = await onnxEngine.forward(network, { tensors })
    const result = (await forward.run(batchOf(reference)))[network.output]
    await forward.dispose()
    expect(differenceTo(reference, result?.data ?? [])).toBeLessThan(most)
  })
})

describe('weights without their model', () => {
  it('are named, with what to do', async () => {
    const whole = readFileSync(fixture('small.h5'))
    const other = Buffer.from(whole.toString('latin1').replaceAll('model_config', 'model_c0nfig'), 'latin1')
    await expect(readNetwork(filesInMemory({ 'model.h5': new Uint8Array(other) }))).rejects.toMatchObject({
      message: expect.stringMatching(/weights without the description/),
      fix: expect.stringMatching(/model\.save\("model\.keras"\)/),
    })
  })
})
