import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRandom, filesInMemory, type LoadedNetwork, normal, readNetwork, writers } from '@graft/network'
import { describe, expect, it } from 'vitest'

const [seed, size, count, classes] = [29, 64, 3, 5]
const python = process.env['GRAFT_PYTHON'] ?? '/usr/bin/python3'
const hasTorchvision = spawnSync(python, ['-c', 'import torch, torchvision']).status === 0
if (!hasTorchvision)
  console.log(`skipped: ${python} has no torch and torchvision (apt-get install python3-torchvision)`)

function runPython(script: string, folder: string): string {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const { status, stdout, stderr } = spawnSync(python, [path, folder], { encoding: 'utf8' })
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

const floats = (folder: string, name: string): Float32Array => {
  const bytes = new Uint8Array(readFileSync(join(folder, name)))
  return new Float32Array(bytes.buffer)
}

describe.skipIf(!hasTorchvision)(
  `PyTorch's default export, its normalisations folded (model files 15; seed ${seed})`,
  () => {
    it.each(['resnet18', 'mobilenet_v2', 'efficientnet_b0', 'densenet121'])(
      'goes back into torchvision as a state dict, strictly, with the same logits: %s',
      async (name) => {
        const folder = mkdtempSync(join(tmpdir(), 'graft-folded-'))
        const random = createRandom(seed)
        const input = Float32Array.from({ length: count * 3 * size * size }, () => normal(random))
        writeFileSync(join(folder, 'input.bin'), new Uint8Array(input.buffer))
        writeFileSync(
          join(folder, 'facts.json'),
          JSON.stringify({ name, classes, size, count, seed, file: 'weights.pth' }),
        )
        runPython('folded-onnx.py', folder)
        const loaded = await readNetwork(filesInMemory({ 'model.onnx': readFileSync(join(folder, 'model.onnx')) }))
        expect(countNormalisations(loaded)).toBe(name === 'densenet121' ? 62 : 0)
        const writer = writers.find(({ id }) => id === 'pytorch')
        writeFileSync(join(folder, 'weights.pth'), (await writer?.write(loaded.network, loaded.tensors)) ?? '')
        expect(runPython('state-dicts.py', folder)).toContain('All keys matched')
        const [expected, actual] = [floats(folder, 'expected.bin'), floats(folder, 'logits.bin')]
        const scale = Math.max(...expected.map(Math.abs))
        expect(
          Math.max(...expected.map((value, index) => Math.abs(value - (actual[index] ?? NaN)))) / scale,
        ).toBeLessThan(1e-4)
        rmSync(folder, { recursive: true })
      },
      120_000,
    )
  },
)

const countNormalisations = ({ network }: LoadedNetwork): number =>
  network.layers.filter(({ operator }) => operator === 'BatchNormalization').length
