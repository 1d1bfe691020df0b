import { cpSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onnxEngine } from '@graft/engines'
import { operators, readSafetensors } from '@graft/network'
import { torchOperators } from '@graft/nodes'
import { describe, expect, it } from 'vitest'
import { hasPyTorch, programParts, python, runPython } from './python.js'
import { writeCases } from './written-cases.js'

/** Uses of operators that PyTorch has no words for, which the writer refuses by name. */
const refused = new Map([
  ['Pad', 2],
  ['Resize', 9],
])

describe('PyTorch for every operator', () => {
  it('has a record for each operator of networks, and no other', () => {
    expect(torchOperators.map(({ name }) => name).toSorted()).toEqual(operators.map(({ name }) => name).toSorted())
  })

  it.skipIf(!hasPyTorch)(`gives the values of the onnx engine in all conformance cases (${python})`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'graft-operators-'))
    for (const part of ['weights_file.py', 'layers.py']) cpSync(join(programParts, part), join(folder, part))
    const { written, refusals } = writeCases(folder)
    runPython(folder, [fileURLToPath(new URL('run_models.py', import.meta.url)), folder])
    const wrong: string[] = []
    for (const { name, entry } of written) {
      const forward = await onnxEngine.forward(entry.network, { tensors: entry.tensors })
      const expected = (await forward.run(entry.input))[entry.network.output]!
      await forward.dispose()
      const { data } = readSafetensors(readFileSync(join(folder, `${name}.output.safetensors`))).tensors.get('output')!
      const worst = expected.data.reduce(
        (most, value, at) => Math.max(most, Math.abs(value - (data[at] ?? NaN)) / (1 + Math.abs(value))),
        0,
      )
      if (!(worst < 1e-4) || data.length !== expected.data.length)
        wrong.push(`${name} ${entry.operator}: ${entry.title}, off by ${worst}`)
    }
    expect(wrong).toEqual([])
    expect(refusals).toEqual(refused)
    expect(new Set(written.map(({ entry }) => entry.operator))).toEqual(new Set(operators.map(({ name }) => name)))
  })
})
