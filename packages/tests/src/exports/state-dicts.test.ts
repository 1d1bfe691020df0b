import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onnxEngine } from '@graft/engines'
import {
  addHead,
  createRandom,
  filesInMemory,
  findArchitecture,
  loadTensors,
  type LoadedNetwork,
  normal,
  readNetwork,
  stripHead,
  writers,
} from '@graft/network'
import { describe, expect, it } from 'vitest'

const seed = 17
const [size, count] = [64, 3]

/** Pythons to load with, the usual one first, and what they have. */
const python = process.env['GRAFT_PYTHON'] ?? '/usr/bin/python3'
/** With timm: made by `../shared/peers/setup.sh torch DIR` where that is; Debian has none. */
const peers = process.env['GRAFT_TORCH_PYTHON'] ?? python
const has = (program: string, modules: string): boolean =>
  existsSync(program) && spawnSync(program, ['-c', `import ${modules}`], { env: environment }).status === 0
const environment = { ...process.env, TVSHIM: '1' }
const hasTorchvision = has(python, 'torch, torchvision')
if (!hasTorchvision)
  console.log(`skipped: ${python} has no torch and torchvision (apt-get install python3-torchvision)`)
const hasTimm = has(peers, 'timm, torchvision, safetensors')
if (!hasTimm)
  console.log(`skipped: no timm and safetensors in ${peers}; set GRAFT_TORCH_PYTHON to an interpreter that has them`)

/** A network of an architecture whose classifier was replaced by one for 5 classes, with numbers as after training. */
async function retrained(name: string): Promise<LoadedNetwork> {
  const built = findArchitecture(name).build({ classes: 1000, inputSize: size, seed })
  const network = addHead(stripHead(built), {
    classNames: ['ant', 'bee', 'cat', 'dog', 'eel'],
    pooling: 'average',
    hidden: [],
    dropout: 0.2,
    seed,
  })
  const tensors = await loadTensors(network, () => Promise.reject(new Error('nothing is stored')))
  const random = createRandom(seed)
  for (const [key, { data }] of tensors)
    if (/\.(running_mean|running_var|bias)$/.test(key))
      data.forEach((value, index) => (data[index] = value + 0.1 * Math.abs(normal(random))))
  return { network, tensors }
}

async function logitsInPython(loaded: LoadedNetwork, name: string, id: string, program: string) {
  const folder = mkdtempSync(join(tmpdir(), 'graft-state-dict-'))
  const writer = writers.find((candidate) => candidate.id === id)!
  const file = `weights${writer.extension}`
  writeFileSync(join(folder, file), await writer.write(loaded.network, loaded.tensors))
  const random = createRandom(seed)
  const input = Float32Array.from({ length: count * 3 * size * size }, () => normal(random))
  writeFileSync(join(folder, 'input.bin'), new Uint8Array(input.buffer))
  writeFileSync(join(folder, 'facts.json'), JSON.stringify({ name, classes: 5, size, count, file }))
  const script = fileURLToPath(new URL('state-dicts.py', import.meta.url))
  const { status, stdout, stderr } = spawnSync(program, [script, folder], { encoding: 'utf8', env: environment })
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toContain('All keys matched')
  const bytes = new Uint8Array(readFileSync(join(folder, 'logits.bin')))
  return { input, theirs: new Float32Array(bytes.buffer) }
}

async function compare(name: string, id: string, program: string): Promise<number> {
  const loaded = await retrained(name.replace('timm/', ''))
  const { input, theirs } = await logitsInPython(loaded, name, id, program)
  const forward = await onnxEngine.forward(loaded.network, { tensors: loaded.tensors })
  const { [loaded.network.output]: ours } = await forward.run({ shape: [count, 3, size, size], data: input })
  await forward.dispose()
  const scale = Math.max(...theirs.map(Math.abs))
  expect(theirs).toHaveLength(count * 5)
  return Math.max(...theirs.map((value, index) => Math.abs(value - (ours?.data[index] ?? NaN)))) / scale
}

describe(`state dicts that Graft writes (seed ${seed})`, () => {
  it.skipIf(!hasTorchvision).each(['resnet18', 'resnext50_32x4d', 'mnasnet0_5'])(
    'load into torchvision, every key of them, new head included, and give the same logits: %s',
    async (name) => expect(await compare(name, 'pytorch', python)).toBeLessThan(1e-4),
  )

  it.skipIf(!hasTimm).each(['timm/resnet18', 'timm/resnet50d'])('load into timm, as safetensors: %s', async (name) =>
    expect(await compare(name, 'safetensors-pytorch', peers)).toBeLessThan(1e-4),
  )

  it.each(['pytorch', 'safetensors-pytorch'])('are read by Graft again, with every value: %s', async (id) => {
    const { network, tensors } = await retrained('resnet18')
    const writer = writers.find((candidate) => candidate.id === id)!
    const bytes = await writer.write(network, tensors)
    const again = await readNetwork(filesInMemory({ [`model${writer.extension}`]: bytes }))
    expect(again.network.name).toBe('resnet18')
    expect(again.tensors.get('fc.weight')?.data).toEqual(tensors.get('head.fc.weight')?.data)
    expect(again.tensors.get('layer4.1.bn2.running_var')?.data).toEqual(tensors.get('layer4.1.bn2.running_var')?.data)
  })

  it("have the names that the file had, timm's where it was timm's", async () => {
    const writer = writers.find(({ id }) => id === 'pytorch')!
    const { network, tensors } = await retrained('regnet_y_400mf')
    const asOfTimm = { ...network, provenance: { ...network.provenance, layout: 'timm' } }
    const first = await readNetwork(filesInMemory({ 'model.pth': await writer.write(asOfTimm, tensors) }))
    expect(first.network.provenance.layout).toBe('timm')
    const again = await writer.write(first.network, first.tensors)
    const second = await readNetwork(filesInMemory({ 'model.pth': again }))
    expect(second.network.provenance.layout).toBe('timm')
    expect(second.tensors).toEqual(first.tensors)
    const own = await readNetwork(filesInMemory({ 'model.pth': await writer.write(network, tensors) }))
    expect(own.network.provenance).not.toHaveProperty('layout')
  })

  it('refuse a head that the model of that name has not, and networks that are none of PyTorch', async () => {
    const writer = writers.find(({ id }) => id === 'pytorch')!
    const { network } = await retrained('resnet18')
    const options = { classNames: ['ant', 'bee'], pooling: 'max', hidden: [], dropout: 0, seed } as const
    const other = addHead(stripHead(network), options)
    await expect(writer.write(other, new Map())).rejects.toThrow(
      /head of resnet18 \(.*GlobalMaxPool, linear\) is not that of PyTorch's resnet18 \(.*average, linear\)/,
    )
    const own = findArchitecture('graftnet').build({ classes: 3 })
    await expect(writer.write(own, new Map())).rejects.toThrow(
      /none of the networks whose names in PyTorch Graft knows/,
    )
  })
})
