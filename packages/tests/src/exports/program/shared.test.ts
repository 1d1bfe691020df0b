import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onnxEngine, taskOf } from '@graft/engines'
import { conformanceCases } from '@graft/engines/conformance'
import { addHead, initialise, type Network, readSafetensors, type Tensors, writeSafetensors } from '@graft/network'
import { modelFile, stateDict, torchNetwork } from '@graft/nodes'
import { describe, expect, it } from 'vitest'
import { hasPyTorch, programParts, python, runPython } from './python.js'

const classes = 3

describe.skipIf(!hasPyTorch)(`networks whose layers share parameters, in PyTorch (${python})`, () => {
  it.each([
    ['batch', 'in one stage'],
    ['batch', 'in two stages'],
    ['frozen', 'in one stage'],
    ['frozen', 'in two stages'],
  ] as const)('take the steps of the onnx engine: %s statistics, %s', async (statistics, where) => {
    const { network, tensors, input } = caseOf(statistics, where === 'in two stages')
    const torch = torchNetwork(network)
    const { task } = taskOf(network)
    const targets = task.targets([0, 1], classes, { labelSmoothing: 0 })
    const folder = mkdtempSync(join(tmpdir(), 'graft-shared-'))
    for (const part of ['weights_file.py', 'folding.py']) cpSync(join(programParts, part), join(folder, part))
    writeFileSync(join(folder, 'model.py'), modelFile(torch))
    writeFileSync(join(folder, 'start.safetensors'), writeSafetensors(stateDict(torch, tensors)))
    writeFileSync(
      join(folder, 'input.safetensors'),
      writeSafetensors(
        new Map([
          ['input', input],
          ['targets', targets],
        ]),
      ),
    )
    runPython(folder, [fileURLToPath(new URL('shared_steps.py', import.meta.url)), folder, statistics])
    const { tensors: ended } = readSafetensors(readFileSync(join(folder, 'end.safetensors')))

    const { loss } = task
    const optimizer = { name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0 } as const
    const trainer = await onnxEngine.trainer(network, { tensors, seed: 1, loss, optimizer })
    for (let step = 0; step < 3; step++) await trainer.step(input, targets, 0.1, step)
    const weights = stateDict(torch, await trainer.weights())
    const answer = await trainer.evaluate(input)
    await trainer.dispose()
    expect([...weights.keys()].toSorted()).toEqual(
      [...ended.keys()].filter((name) => name !== 'answer' && name !== 'folded').toSorted(),
    )
    for (const [name, expected] of [...weights, ['answer', answer], ['folded', answer]] as const)
      for (const [at, value] of expected.data.entries())
        expect(ended.get(name)?.data[at], `${name}[${at}]`).toBeCloseTo(value, 5)
    const moved = [...weights].filter(([name, { data }]) =>
      stateDict(torch, tensors)
        .get(name)
        ?.data.some((value, at) => Math.abs(value - (data[at] ?? 0)) > 1e-4),
    )
    expect(moved.map(([name]) => name).some((name) => name.endsWith('running_mean'))).toBe(statistics === 'batch')
    expect(moved.length).toBeGreaterThan(4)
  })
})

/** Two views of an image through the same layers, and a head; `apart`: each view in a stage of its own. */
function caseOf(
  statistics: string,
  apart: boolean,
): { network: Network; tensors: Tensors; input: (typeof conformanceCases)[number]['input'] } {
  const entry = conformanceCases.find(
    ({ title }) => title === `${statistics} statistics, shared by two views of an image`,
  )!
  const names = entry.network.layers.map(({ name }) => name)
  const border = apart ? names.findIndex((name) => name.startsWith('other')) : names.length
  const stages = [
    { name: 'views', layers: names.slice(0, border) },
    { name: 'again', layers: names.slice(border) },
  ].filter(({ layers }) => layers.length > 0)
  const classNames = ['a', 'b', 'c'].slice(0, classes)
  const network = addHead(
    { ...entry.network, stages },
    { classNames, pooling: 'average', hidden: [], dropout: 0, seed: 1 },
  )
  const fresh = Object.entries(network.parameters).flatMap(([name, { shape, source }]) =>
    entry.tensors.has(name) || source.kind !== 'initializer'
      ? []
      : [[name, { shape, data: initialise(shape, source.initializer, source.seed) }] as const],
  )
  return { network, tensors: new Map([...entry.tensors, ...fresh]), input: entry.input }
}
