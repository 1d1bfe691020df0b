import { textOf } from '@graft/errors'
import { describe, expect, it } from 'vitest'
import { graftnet } from '../../architectures/graftnet.js'
import type { Tensors } from '../../network.js'
import { loadTensors } from '../../values/tensors.js'
import { filesInMemory } from '../model-files.js'
import { partsOfModel, readNetwork } from '../read-network.js'
import { writeSafetensors } from './write.js'

const tensors: Tensors = await loadTensors(graftnet.build({ classes: 2, inputSize: 32 }), () =>
  Promise.reject(new Error('no blobs')),
)
const part = (from: number, to: number): Uint8Array => writeSafetensors(new Map([...tensors].slice(from, to)))
const shards = {
  'model-00001-of-00003.safetensors': part(0, 20),
  'model-00002-of-00003.safetensors': part(20, 21),
  'model-00003-of-00003.safetensors': part(21, tensors.size),
}

describe('a model in several safetensors files', () => {
  it('is read as one, from its folder', async () => {
    const files = filesInMemory({ ...shards, 'model.safetensors.index.json': new TextEncoder().encode('{}') })
    const loaded = await readNetwork(files)
    expect(loaded.tensors.size).toBe(tensors.size)
    for (const [name, { data }] of tensors) expect(loaded.tensors.get(name)?.data).toEqual(data)
    expect(await partsOfModel(files)).toEqual(expect.arrayContaining(Object.keys(shards)))
  })

  it('is refused when a file is missing, by its name', async () => {
    const { 'model-00002-of-00003.safetensors': _, ...others } = shards
    expect(await readNetwork(filesInMemory(others)).then(() => 'was read', textOf)).toMatch(
      /1 of the 3 files.*missing \(model-00002-of-00003\.safetensors\)/,
    )
  })

  it('is refused when two files have the same tensor', async () => {
    const twice = { ...shards, 'model-00002-of-00003.safetensors': part(19, 21) }
    expect(await readNetwork(filesInMemory(twice)).then(() => 'was read', textOf)).toMatch(/is in two files/)
  })
})
