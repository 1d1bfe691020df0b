import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { architectures, loadTensors, safetensorsFormat, writeSafetensors } from '@graft/network'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browse } from './browse.js'
import { findModels } from './find-models.js'

let root = ''

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'graft-models-'))
  await mkdir(join(root, 'nets', 'machine'), { recursive: true })
  const layersModel = '{"format":"layers-model","modelTopology":{},"weightsManifest":[]}'
  const network = architectures[0]?.build({ classes: 2, inputSize: 32 })
  if (network === undefined) throw new Error('There is no architecture.')
  const tensors = await loadTensors(network, () => Promise.reject(new Error('no blobs')))
  const files: Readonly<Record<string, string | Uint8Array>> = {
    'resnet.onnx': 'whatever',
    'nets/my-model.json': layersModel,
    'nets/machine/model.json': layersModel,
    'nets/config.json': '{"architectures":["ResNet"]}',
    'nets/trained.safetensors': (await safetensorsFormat.writers?.[0]?.write(network, tensors)) ?? '',
    'nets/language.safetensors': writeSafetensors(new Map([['w', { shape: [1], data: new Float32Array(1) }]])),
    'nets/photo.jpg': '',
    'nets/a.graft.json': '{"format":"graft-graph"}',
    'nets/weights.pth': 'PK',
  }
  for (const [name, content] of Object.entries(files)) await writeFile(join(root, name), content)
})

afterAll(() => rm(root, { recursive: true }))

describe('models among the files of the server', () => {
  it('are shown as such in a folder, by what is in them where the name does not tell', async () => {
    const { entries } = await browse(join(root, 'nets'), null)
    expect(Object.fromEntries(entries.map(({ name, kind }) => [name, kind]))).toEqual({
      'a.graft.json': 'graph',
      'config.json': 'file',
      'language.safetensors': 'model',
      machine: 'directory',
      'my-model.json': 'model',
      'photo.jpg': 'image',
      'trained.safetensors': 'model',
      'weights.pth': 'file',
    })
  })

  it('are offered to Load Backbone when a network can be found for them', async () => {
    const found = await findModels([root])
    expect(found.map(({ path, title }) => [path.slice(root.length + 1), title]).toSorted()).toEqual([
      ['nets/machine/model.json', 'machine'],
      ['nets/my-model.json', 'my-model'],
      ['nets/trained.safetensors', 'trained'],
      ['resnet.onnx', 'resnet'],
    ])
  })
})
