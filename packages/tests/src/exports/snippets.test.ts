import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onnxEngine, singleLabel } from '@graft/engines'
import { findArchitecture, type LoadedNetwork, loadTensors, pytorchModelOf, writers } from '@graft/network'
import { createImageLoader, embeddedBackbones, loadEmbeddedBackbone, modelCard } from '@graft/nodes'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/*
 * The programs on model cards are run as they stand, on a photo, where what they need is here. The one for
 * TensorFlow.js runs in a browser (tfjs-snippet.e2e.test.ts); C# is not run: there is no SDK of .NET to be had in the tests.
 */
const keras = process.env['GRAFT_KERAS_PYTHON'] ?? 'python3'
const onnx = process.env['GRAFT_PYTHON'] ?? 'python3'
const torch = process.env['GRAFT_TORCHVISION_PYTHON'] ?? '/usr/bin/python3'
const peers = process.env['GRAFT_TORCH_PYTHON'] ?? torch
// Beside the processor's build of torch, torchvision's compiled part doesn't load (shared/peers/setup.sh).
const environment = { ...process.env, TVSHIM: '1' }
const has = (program: string, modules: string): boolean =>
  spawnSync(program, ['-c', `import ${modules}`], { env: environment }).status === 0

const node = (program: string, photo: string, cwd: string): readonly [string, string[], string] => [
  process.execPath,
  ['--input-type=module', '-e', program, '-', photo],
  cwd,
]
/** Node finds packages from where the tests are; the program looks for its file there too, so that it gets a whole path. */
const tests = fileURLToPath(new URL('../..', import.meta.url))

const cases = [
  { id: 'onnx-image', language: 'javascript', there: existsSync(tests), missing: '' },
  { id: 'onnx', language: 'python', there: has(onnx, 'onnxruntime, PIL'), missing: `${onnx} has no onnxruntime` },
  { id: 'onnx-image', language: 'python', there: has(onnx, 'onnxruntime, PIL'), missing: `${onnx} has no onnxruntime` },
  { id: 'pytorch', language: 'python', there: has(torch, 'torchvision, PIL'), missing: `${torch} has no torchvision` },
  {
    id: 'safetensors-pytorch',
    language: 'python',
    there: has(peers, 'timm, safetensors, PIL'),
    missing: `${peers} has no timm; set GRAFT_TORCH_PYTHON to an interpreter that has it`,
  },
  { id: 'keras', language: 'python', there: has(keras, 'keras, PIL'), missing: `${keras} has no Keras` },
] as const

/** A photo that was made, and what a network says of it. */
interface Told {
  readonly loaded: LoadedNetwork
  readonly name: string
  readonly probability: number
}

/** Networks of PyTorch have the names that torchvision and timm give them; random weights do. */
const pytorchNames: Readonly<Record<string, string>> = {
  pytorch: 'squeezenet1_1',
  'safetensors-pytorch': 'mobilenetv3_small_100',
}

async function networkFor(id: string): Promise<LoadedNetwork> {
  const embedded = await loadEmbeddedBackbone(embeddedBackbones[0]!)
  const name = pytorchNames[id]
  if (name === undefined) return embedded
  const { head, preprocessing } = embedded.network
  const built = findArchitecture(name).build({ classes: head?.names.length ?? 0, inputSize: 64, seed: 7 })
  const network = { ...built, head, preprocessing }
  return { network, tensors: await loadTensors(network, () => Promise.reject(new Error('nothing is stored'))) }
}

async function toldBy(id: string, photo: string): Promise<Told> {
  const loaded = await networkFor(id)
  const { network, tensors } = loaded
  const samples = [{ id: photo, path: photo, label: 0, fingerprint: 'photo' }]
  const loader = createImageLoader({ samples, transforms: [], preprocessing: network.preprocessing, seed: 0 })
  const forward = await onnxEngine.forward(network, { tensors })
  const { [network.output]: logits } = await forward.run(await loader.load([0], 0))
  await Promise.all([forward.dispose(), loader.close()])
  const names = network.head?.names ?? []
  const [row] = singleLabel.decode({ values: logits?.data ?? [], width: names.length }, network.head!)
  const probability = Math.max(...(row?.probabilities ?? []))
  return { loaded, probability, name: names[row?.probabilities.indexOf(probability) ?? 0] ?? '' }
}

describe('the program on the model card of', () => {
  const folder = mkdtempSync(join(tmpdir(), 'graft-snippets-'))
  const photo = join(folder, 'photo.jpg')

  beforeAll(async () => {
    const [width, height] = [173, 121]
    const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => 127 + 100 * Math.sin(index / 700))
    await sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg()
      .toFile(photo)
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each(cases)('$id in $language gives the answer of Graft', async ({ id, language, there, missing }) => {
    if (!there) return console.log(`skipped: ${missing}`)
    const { loaded, name, probability } = await toldBy(id, photo)
    const writer = writers.find((one) => one.id === id)!
    const fileName = join(folder, `model${writer.extension}`)
    writeFileSync(fileName, await writer.write(loaded.network, loaded.tensors))
    const { network, tensors } = loaded
    const architecture = writer.stateDict === true ? pytorchModelOf(network, tensors) : null
    const facts = { writer, network, fileName, architecture, measured: [], recipe: [], check: null }
    const program = new RegExp(`\`\`\`${language}\\n([^]*?)\\n\`\`\``).exec(modelCard(facts))?.[1] ?? ''
    const python = { keras, pytorch: torch, 'safetensors-pytorch': peers }[id as string] ?? onnx
    const [command, words, cwd] =
      language === 'javascript' ? node(program, photo, tests) : [python, ['-c', program, photo], folder]
    const { status, stdout, stderr } = spawnSync(command, words, { cwd, encoding: 'utf8', env: environment })
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
    const [first = ''] = stdout.trim().split('\n')
    expect(first).toContain(name)
    const said = Number(/\d+\.\d+(e-\d+)?/.exec(first)?.[0]) / (first.includes('%') ? 100 : 1)
    expect(Math.abs(said - probability)).toBeLessThan(1e-3)
  })
})
