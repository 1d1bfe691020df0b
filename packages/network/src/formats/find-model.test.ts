import { textOf } from '@graft/errors'
import { describe, expect, it } from 'vitest'
import { graftnet } from '../architectures/graftnet.js'
import { classifierHead } from '../head.js'
import type { Tensors } from '../network.js'
import { loadTensors } from '../values/tensors.js'
import { findModel } from './find-model.js'
import { filesInMemory, type ModelFiles } from './model-files.js'
import { encodeOnnxClassifier } from './onnx/encode-classifier.js'
import { writeSafetensors } from './safetensors/write.js'

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0))
const zipOf = (name: string): Uint8Array =>
  bytes(`PK\x03\x04${'\0'.repeat(22)}${String.fromCharCode(name.length, 0)}\0\0${name}content`)

const network = { ...graftnet.build({ classes: 2, inputSize: 32 }), head: classifierHead(['a', 'b']) }
const tensors: Tensors = await loadTensors(network, () => Promise.reject(new Error('no blobs')))
const onnx = encodeOnnxClassifier(network, tensors)
const safetensors = writeSafetensors(tensors)
const hdf5 = bytes('\x89HDF\r\n\x1a\n....')
const layersModel = bytes('{"format":"layers-model","modelTopology":{},"weightsManifest":[]}')

async function problemOf(files: ModelFiles): Promise<string> {
  try {
    const { name } = await findModel(files)
    throw new Error(`${name} was taken for a network`)
  } catch (error) {
    return textOf(error)
  }
}

describe('a file is recognised by what it holds (fault 8)', () => {
  it.each([
    ['onnx', onnx],
    ['safetensors', safetensors],
    ['tfjs-layers', layersModel],
    ['keras-h5', hdf5],
    ['keras', zipOf('metadata.json')],
  ])('%s, whatever its name', async (id, content) => {
    for (const name of ['model.onnx', 'model.safetensors', 'my-model.json', 'download', 'model.h5'])
      expect((await findModel(filesInMemory({ [name]: content }))).format.id).toBe(id)
  })

  const foreign: Readonly<Record<string, [name: string, content: Uint8Array, said: RegExp]>> = {
    'a Git LFS pointer': [
      'model.onnx',
      bytes('version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 12345\n'),
      /Git LFS pointer.*git lfs pull/,
    ],
    'a web page': ['model.onnx', bytes('\n<!DOCTYPE html><html><body>GitHub</body></html>'), /a web page.*address/],
    'the answer of a server': ['model.onnx', bytes('<?xml version="1.0"?><Error/>'), /XML document.*server/],
    'a zip called ONNX': ['model.onnx', zipOf('model.onnx'), /a zip archive.*Unpack/],
    'a gzip archive': ['model.onnx.gz', bytes('\x1f\x8b\x08'), /gzip.*Unpack/],
    'a TensorFlow Lite model': ['model.tflite', bytes('\x1c\0\0\0TFL3'), /TensorFlow Lite.*ONNX/],
    'a SavedModel': ['saved_model.pb', bytes('\x08\x01\x12'), /SavedModel.*tf2onnx/],
    'the data of an ONNX model': ['resnet.onnx.data', bytes('\0\0\0\0'), /belong to an ONNX model.*beside it/],
    'a description of Keras': ['model.json', bytes('{"class_name": "Functional"}'), /without its weights/],
    'a photo': ['model.onnx', bytes('\xff\xd8\xff\xe0\0\x10JFIF'), /is an image, not a network.*Image Folder/],
    'nothing known': ['notes.txt', bytes('hello'), /notes\.txt in memory is not a network.*ONNX model \(\.onnx\)/],
    'an empty file': ['model.onnx', bytes(''), /an empty file/],
  }
  it.each(Object.entries(foreign))('%s is named, with a way on', async (_, [name, content, said]) => {
    expect(await problemOf(filesInMemory({ [name]: content }))).toMatch(said)
    if (name === 'notes.txt' || content.length === 0) return
    const folder = filesInMemory({ 'readme.txt': bytes('read me'), [name]: content })
    expect(await problemOf(folder), 'in a folder').toMatch(said)
  })

  it('an image beside a damaged model says nothing of it', async () => {
    const files = filesInMemory({ 'preview.png': bytes('\x89PNG\r\n'), 'zoo.onnx': bytes('') })
    expect(await problemOf(files)).toMatch(/zoo\.onnx is not what its name says/)
  })

  it('a folder is told by what is in it', async () => {
    const files = filesInMemory({ 'saved_model.pb': bytes('\x08'), 'variables/variables.index': bytes('x') })
    expect(await problemOf(files)).toMatch(/saved_model\.pb is a TensorFlow SavedModel.*tf2onnx/)
  })
})

describe('the model of a folder', () => {
  const nameIn = async (contents: Readonly<Record<string, Uint8Array>>): Promise<string> =>
    (await findModel(filesInMemory({ 'readme.md': bytes('#'), ...contents }))).name

  it('is the only one, also under a name of its own', async () => {
    expect(await nameIn({ 'my-model.json': layersModel, 'config.json': bytes('{"a":1}') })).toBe('my-model.json')
    expect(await nameIn({ 'resnet.onnx': onnx, 'resnet.onnx.data': bytes('x') })).toBe('resnet.onnx')
  })

  it('is the one near the top, and model.* among several', async () => {
    expect(await nameIn({ 'a.onnx': onnx, 'older/b.onnx': onnx })).toBe('a.onnx')
    expect(await nameIn({ 'onnx/model.onnx': onnx, 'onnx/model_fp16.onnx': onnx })).toBe('onnx/model.onnx')
  })

  it('is a whole network before bare weights', async () => {
    expect(await nameIn({ 'model.safetensors': safetensors, 'onnx/model.onnx': onnx })).toBe('onnx/model.onnx')
    expect(await nameIn({ 'model.safetensors': safetensors, 'config.json': bytes('{}') })).toBe('model.safetensors')
  })

  it('is the one at the top, of whatever format one below is', async () => {
    expect(await nameIn({ 'zoo.onnx': onnx, 'old/model.json': layersModel })).toBe('zoo.onnx')
  })

  it('has to be chosen among several equal ones, which are offered by name', async () => {
    expect(await problemOf(filesInMemory({ 'a.onnx': onnx, 'b.onnx': onnx }, 'folder/'))).toMatch(
      /holds 2 files in the format ONNX model: a\.onnx, b\.onnx.*folder\/a\.onnx/,
    )
  })

  it('is not a pointer or page that only has its name', async () => {
    expect(await nameIn({ 'a.onnx': bytes('version https://git-lfs.github.com/spec/v1'), 'b.onnx': onnx })).toBe(
      'b.onnx',
    )
  })
})
