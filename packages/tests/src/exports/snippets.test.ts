import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onnxEngine, singleLabel } from '@graft/engines'
import { type LoadedNetwork, writers } from '@graft/network'
import { createImageLoader, embeddedBackbones, loadEmbeddedBackbone, modelCard } from '@graft/nodes'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/*
 * The programs on model cards are run as they stand, on a photo, where what they need is here. C# is not: there is no
 * SDK of .NET to be had in the tests.
 */
const keras = process.env['GRAFT_KERAS_PYTHON'] ?? 'python3'
const onnx = process.env['GRAFT_PYTHON'] ?? 'python3'
const has = (program: string, modules: string): boolean => spawnSync(program, ['-c', `import ${modules}`]).status === 0

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
  { id: 'keras', language: 'python', there: has(keras, 'keras, PIL'), missing: `${keras} has no Keras` },
] as const

describe('the program on the model card of', () => {
  const folder = mkdtempSync(join(tmpdir(), 'graft-snippets-'))
  const photo = join(folder, 'photo.jpg')
  let loaded: LoadedNetwork
  let expected = ''
  let probability = 0

  beforeAll(async () => {
    const [backbone] = embeddedBackbones
    loaded = await loadEmbeddedBackbone(backbone!)
    const [width, height] = [173, 121]
    const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => 127 + 100 * Math.sin(index / 700))
    await sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg()
      .toFile(photo)
    const { network, tensors } = loaded
    const samples = [{ id: photo, path: photo, label: 0, fingerprint: 'photo' }]
    const loader = createImageLoader({ samples, transforms: [], preprocessing: network.preprocessing, seed: 0 })
    const forward = await onnxEngine.forward(network, { tensors })
    const { [network.output]: logits } = await forward.run(await loader.load([0], 0))
    await Promise.all([forward.dispose(), loader.close()])
    const names = network.head?.names ?? []
    const [row] = singleLabel.decode({ values: logits?.data ?? [], width: names.length }, network.head!)
    probability = Math.max(...(row?.probabilities ?? []))
    expected = names[row?.probabilities.indexOf(probability) ?? 0] ?? ''
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each(cases)('$id in $language gives the answer of Graft', async ({ id, language, there, missing }) => {
    if (!there) return console.log(`skipped: ${missing}`)
    const writer = writers.find((one) => one.id === id)!
    const fileName = join(folder, `model${writer.extension}`)
    writeFileSync(fileName, await writer.write(loaded.network, loaded.tensors))
    const facts = {
      writer,
      network: loaded.network,
      fileName,
      architecture: null,
      measured: [],
      recipe: [],
      check: null,
    }
    const program = new RegExp(`\`\`\`${language}\\n([^]*?)\\n\`\`\``).exec(modelCard(facts))?.[1] ?? ''
    const [command, words, cwd] =
      language === 'javascript'
        ? node(program, photo, tests)
        : [id === 'keras' ? keras : onnx, ['-c', program, photo], folder]
    const { status, stdout, stderr } = spawnSync(command, words, { cwd, encoding: 'utf8' })
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
    const [first = ''] = stdout.trim().split('\n')
    expect(first).toContain(expected)
    const said = Number(/\d+\.\d+(e-\d+)?/.exec(first)?.[0]) / (first.includes('%') ? 100 : 1)
    expect(Math.abs(said - probability)).toBeLessThan(1e-3)
  })
})
