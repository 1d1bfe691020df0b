import { onnxEngine } from '@graft/engines'
import { createHash } from 'node:crypto'
import { appendFile, mkdir, mkdtemp, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isGraftError, must, textOf } from '@graft/errors'
import type { FileValue } from '@graft/graph-schema'
import { encodeOnnxModel, float32Tensor, type Network, type OnnxModel, type OnnxTensor } from '@graft/network'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ModelValue } from '../../sdk/values.js'
import { createTestContext } from '../../testing/index.js'
import { exportModel } from '../output/export-model.js'
import { loadBackbone } from './load-backbone.js'

/** Enough numbers to be kept outside the structure, whatever reads it. */
const outputs = 64
const weight = Float32Array.from({ length: outputs * 3 * 3 * 3 }, (_, index) => Math.sin(index))

let directory = ''
let server: Server
let asked: string[] = []

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'graft-load-backbone-'))
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    readFile(join(directory, decodeURIComponent(request.url ?? ''))).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterAll(async () => {
  server.close()
  await rm(directory, { recursive: true })
})

function onnxOf(values: OnnxTensor): Uint8Array {
  const node = (operator: string, inputs: readonly string[], output: string) => ({
    name: output,
    operator,
    domain: '',
    inputs,
    outputs: [output],
    attributes: {},
  })
  const model: OnnxModel = {
    irVersion: 8,
    producerName: 'pytorch',
    producerVersion: '2.9.0',
    docString: '',
    opsetImports: [{ domain: '', version: 18 }],
    metadata: {},
    graph: {
      name: 'main_graph',
      nodes: [node('Conv', ['input', 'conv.weight'], 'conv'), node('Relu', ['conv'], 'relu')],
      initializers: [values],
      inputs: [{ name: 'input', type: 'float32', shape: ['N', 3, 8, 8] }],
      outputs: [{ name: 'relu', type: 'float32', shape: null }],
    },
  }
  return encodeOnnxModel(model, { keepExternal: true })
}

/** As PyTorch exports it by default: the weights in a file beside it. */
async function writeExport(folder: string, name: string): Promise<string> {
  await mkdir(join(directory, folder), { recursive: true })
  const data = { location: `${name}.onnx.data`, offset: 0, length: weight.byteLength }
  await writeFile(
    join(directory, folder, `${name}.onnx`),
    onnxOf({ name: 'conv.weight', type: 'float32', shape: [outputs, 3, 3, 3], data }),
  )
  await writeFile(join(directory, folder, `${name}.onnx.data`), new Uint8Array(weight.buffer))
  return join(folder, `${name}.onnx`)
}

const paramsOf = (source: string): Parameters<typeof loadBackbone.run>[0]['params'] =>
  loadBackbone.params.parse({ source })

async function load(source: string, context = createTestContext({ directory })): Promise<Network> {
  const { model } = await loadBackbone.run({ params: paramsOf(source), inputs: {}, context })
  return (model as ModelValue).network
}

async function problemOf(source: string): Promise<string> {
  return load(source).then(
    () => 'was read',
    (error: unknown) => {
      expect(isGraftError(error) && error.field, textOf(error)).toBe('source')
      return textOf(error)
    },
  )
}

const fingerprintOf = (source: string): Promise<string> =>
  must(loadBackbone.fingerprint, 'the fingerprint')(paramsOf(source), createTestContext({ directory }))

describe("PyTorch's default export, whose weights lie beside it (fault 3; model files 9)", () => {
  it('is read by its file, by its folder, and through the links of a hub cache', async () => {
    const file = await writeExport('export', 'resnet')
    await mkdir(join(directory, 'hub/models--a--b/snapshots/1'), { recursive: true })
    await mkdir(join(directory, 'hub/models--a--b/blobs'))
    for (const name of ['resnet.onnx', 'resnet.onnx.data']) {
      await writeFile(
        join(directory, 'hub/models--a--b/blobs', `of-${name}`),
        await readFile(join(directory, 'export', name)),
      )
      await symlink(`../../blobs/of-${name}`, join(directory, 'hub/models--a--b/snapshots/1', name))
    }
    const snapshot = 'hub/models--a--b/snapshots/1'
    for (const source of [file, 'export', snapshot, `${snapshot}/resnet.onnx`])
      expect((await load(source)).layers.map(({ name }) => name)).toEqual(['conv', 'relu'])
  })

  it('gets a first layer for grey images where that is asked for', async () => {
    const source = await writeExport('grey', 'net')
    const context = createTestContext({ directory })
    const { model } = await loadBackbone.run({ params: { ...paramsOf(source), channels: 'grey' }, inputs: {}, context })
    const { layers, parameters } = (model as ModelValue).network
    expect(layers.map(({ name }) => name)).toEqual(['grey.weighted', 'grey', 'conv', 'relu'])
    expect(parameters['conv.weight']?.shape).toEqual([outputs, 1, 3, 3])
  })

  it('is chosen by name when a folder holds several, each of which the message offers', async () => {
    await writeExport('two', 'a')
    await writeExport('two', 'b')
    const said = await problemOf('two')
    expect(said).toMatch(/2 files in the format ONNX model: a\.onnx, b\.onnx/)
    const [, offered = ''] = /such as (\S+)\.$/.exec(said) ?? []
    expect((await load(offered)).name).toBe('a')
  })

  it('is fetched by address with the file beside it', async () => {
    await writeExport('web', 'net')
    const { port } = server.address() as AddressInfo
    const context = createTestContext({ directory, cacheDirectory: join(directory, 'cache') })
    const network = await load(`http://127.0.0.1:${port}/web/net.onnx`, context)
    expect(network.layers.length).toBe(2)
    expect(asked.toSorted()).toEqual([
      '/web/config.json',
      '/web/net.onnx',
      '/web/net.onnx.data',
      '/web/preprocessor_config.json',
    ])
    asked = []
    await load(`http://127.0.0.1:${port}/web/net.onnx`, context)
    expect(asked, 'kept').toEqual([])
  })

  it('is fetched again when another checksum is pinned, and refused when it has neither', async () => {
    const { port } = server.address() as AddressInfo
    const source = `http://127.0.0.1:${port}/pinned/net.onnx`
    const context = createTestContext({ directory, cacheDirectory: join(directory, 'pinned-cache') })
    const at = (sha256: string): Promise<string> =>
      must(loadBackbone.fingerprint, 'the fingerprint')(loadBackbone.params.parse({ source, sha256 }), context)
    await mkdir(join(directory, 'pinned'))
    await writeFile(
      join(directory, 'pinned/net.onnx'),
      onnxOf(float32Tensor('conv.weight', [outputs, 3, 3, 3], weight)),
    )
    const older = await at('')
    const newer = onnxOf(float32Tensor('conv.weight', [outputs, 3, 3, 3], weight.toReversed()))
    await writeFile(join(directory, 'pinned/net.onnx'), newer)
    const pin = createHash('sha256').update(newer).digest('hex')
    expect(await at('')).toBe(older)
    expect(await at(pin)).toContain(pin)
    expect(await at('')).toContain(pin)
    await expect(at('0'.repeat(64))).rejects.toMatchObject({ field: 'sha256', message: expect.stringContaining(pin) })
  })

  it('without that file says which one is missing', async () => {
    await writeExport('half', 'net')
    await rm(join(directory, 'half/net.onnx.data'))
    expect(await problemOf('half/net.onnx')).toMatch(/"net\.onnx\.data", which isn't there.*one folder/)
  })
})

describe('what is loaded', () => {
  it('is the network that Export Model wrote as safetensors, values and all', async () => {
    const context = createTestContext({ directory, engines: { forward: onnxEngine, training: onnxEngine } })
    const { model } = await loadBackbone.run({ params: paramsOf('embedded:graftnet-64'), inputs: {}, context })
    const { file } = await exportModel.run({
      params: exportModel.params.parse({ format: 'safetensors' }),
      inputs: { model, metrics: [] },
      context,
    })
    await writeFile(join(directory, 'model.safetensors'), await context.store.get((file as FileValue).blob.sha256))
    const before = (model as ModelValue).network
    const after = await load('model.safetensors', context)
    // The same values are the same blob: the parameters are those of before, to the bit.
    expect(after.parameters).toEqual(before.parameters)
    expect({ ...after, provenance: null }).toEqual({ ...before, provenance: null })
    expect(after.provenance.source).toBe(join(directory, 'model.safetensors'))
  })

  it.each([
    ['nothing.onnx', /There is nothing at .*nothing\.onnx.*ONNX model \(\.onnx\)/],
    ['page.onnx', /is a web page.*address of the download/],
    ['weights.pth', /cut off.*Download or save it again/],
    ['linked', /Left out: net\.onnx \(a link/],
  ])('%s is refused with advice that fits it (fault 12)', async (source, said) => {
    await writeFile(join(directory, 'page.onnx'), '<!doctype html><html></html>')
    await writeFile(join(directory, 'weights.pth'), `PK\x03\x04${'\0'.repeat(22)}\x10\0\0\0archive/data.pkl`)
    await mkdir(join(directory, 'linked'), { recursive: true })
    await symlink(join(directory, 'page.onnx'), join(directory, 'linked/net.onnx')).catch(() => undefined)
    expect(await problemOf(source)).toMatch(said)
  })
})

describe('the files that another machine needs', () => {
  const readsOf = (source: string, fallback = ''): Promise<readonly string[]> =>
    must(loadBackbone.reads, 'what it reads')({ ...paramsOf(source), fallback }, createTestContext({ directory }))

  it('are the model and what lies beside it, and none where nothing is a path', async () => {
    const file = await writeExport('needed', 'net')
    await writeFile(join(directory, 'needed', 'photo.jpg'), 'no part of it')
    const both = ['net.onnx', 'net.onnx.data'].map((name) => join(directory, 'needed', name))
    expect(await readsOf(file)).toEqual(both)
    expect(await readsOf('torchvision:resnet18', file)).toEqual(both)
    expect(await readsOf('embedded:tiny')).toEqual([])
    expect(await readsOf('https://example.com/a.onnx')).toEqual([])
  })
})

describe('the fingerprint of a source (machines 21)', () => {
  it('changes with every file that is read, wherever it lies, and with no other', async () => {
    const file = await writeExport('watched/below', 'net')
    for (const source of [file, 'watched']) {
      const before = await fingerprintOf(source)
      await writeFile(join(directory, 'watched/below/notes.txt'), `${Math.random()}`)
      await writeFile(join(directory, 'watched/photo.jpg'), `${Math.random()}`)
      expect(await fingerprintOf(source)).toBe(before)
      await utimes(join(directory, 'watched/below/net.onnx.data'), 1, Math.random() * 1e9)
      const touched = await fingerprintOf(source)
      expect(touched).not.toBe(before)
      await appendFile(join(directory, 'watched/below/net.onnx.data'), ' ')
      const longer = await fingerprintOf(source)
      expect(longer).not.toBe(touched)
      await rm(join(directory, 'watched/below/net.onnx.data'))
      expect(await fingerprintOf(source)).not.toBe(longer)
      await writeExport('watched/below', 'net')
    }
  })

  it('changes when class names appear beside a model that looks for them, my-model.json (fault 11)', async () => {
    await mkdir(join(directory, 'machine'), { recursive: true })
    await writeFile(join(directory, 'machine/my-model.json'), '{"modelTopology":{},"weightsManifest":[]}')
    const before = await fingerprintOf('machine/my-model.json')
    await writeFile(join(directory, 'machine/metadata.json'), '{"labels":["a"]}')
    expect(await fingerprintOf('machine/my-model.json')).not.toBe(before)
  })

  it('changes when another file of a folder becomes its model', async () => {
    await writeExport('chosen', 'net')
    const before = await fingerprintOf('chosen')
    await writeFile(
      join(directory, 'chosen/model.onnx'),
      onnxOf(float32Tensor('conv.weight', [outputs, 3, 3, 3], weight)),
    )
    expect(await fingerprintOf('chosen')).not.toBe(before)
  })
})

describe("transformers.js' layout, onnx/model.onnx with its settings in the folder above (fault 1)", () => {
  const settings = (mean: number): string =>
    JSON.stringify({ image_mean: [mean, mean, mean], image_std: [0.5, 0.5, 0.5], size: { height: 8, width: 8 } })
  const reasonOf = async (source: string, context = createTestContext({ directory })): Promise<string | undefined> =>
    (await load(source, context)).preprocessingOrigin?.reason
  const lay = async (folder: string): Promise<void> => {
    await mkdir(join(directory, folder, 'onnx'), { recursive: true })
    const bytes = onnxOf(float32Tensor('conv.weight', [outputs, 3, 3, 3], weight))
    await writeFile(join(directory, folder, 'onnx/model.onnx'), bytes)
    await writeFile(join(directory, folder, 'preprocessor_config.json'), settings(0.5))
  }

  it('is read by path, by folder and by address, and what lies in the folder of the file counts more', async () => {
    await lay('layout')
    const { port } = server.address() as AddressInfo
    const context = createTestContext({ directory, cacheDirectory: join(directory, 'layout-cache') })
    const above = /^preprocessor_config\.json (in the folder above|beside it) says so$/
    expect(await reasonOf('layout/onnx/model.onnx')).toMatch(above)
    expect(await reasonOf('layout')).toMatch(above)
    asked = []
    expect(await reasonOf(`http://127.0.0.1:${port}/layout/onnx/model.onnx`, context)).toMatch(above)
    expect(asked.toSorted()).toEqual([
      ...['/layout/config.json', '/layout/onnx/config.json', '/layout/onnx/model.onnx'],
      ...['/layout/onnx/preprocessor_config.json', '/layout/preprocessor_config.json'],
    ])
    await writeFile(join(directory, 'layout/onnx/preprocessor_config.json'), settings(0.25))
    expect((await load('layout/onnx/model.onnx')).preprocessing.mean[0]).toBe(0.25)
  })

  it('is part of the fingerprint, by path and by address', async () => {
    await lay('marked')
    const { port } = server.address() as AddressInfo
    const addressed = (): Promise<string> =>
      must(loadBackbone.fingerprint, 'the fingerprint')(
        paramsOf(`http://127.0.0.1:${port}/marked/onnx/model.onnx`),
        createTestContext({ directory, cacheDirectory: join(directory, `marked-${Math.random()}`) }),
      )
    const before = [await fingerprintOf('marked/onnx/model.onnx'), await addressed()]
    await writeFile(join(directory, 'marked/preprocessor_config.json'), settings(0.25))
    const after = [await fingerprintOf('marked/onnx/model.onnx'), await addressed()]
    expect(after[0]).not.toBe(before[0])
    expect(after[1]).not.toBe(before[1])
  })

  it('is not looked for above a folder of another name, nor where that may not be read', async () => {
    await lay('closed')
    await rename(join(directory, 'closed/onnx'), join(directory, 'closed/other'))
    expect(await reasonOf('closed/other/model.onnx')).not.toMatch(/preprocessor_config/)
    await rename(join(directory, 'closed/other'), join(directory, 'closed/onnx'))
    const context = createTestContext({ directory })
    const { resolvePath } = context
    Object.assign(context, {
      resolvePath: (path: string) => {
        const found = resolvePath(path)
        if (found.startsWith(join(directory, 'closed/onnx'))) return found
        throw new Error('outside the data roots')
      },
    })
    expect(await reasonOf('closed/onnx/model.onnx', context)).not.toMatch(/preprocessor_config/)
  })
})
