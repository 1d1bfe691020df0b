import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunEvent } from '@graft/graph-schema'
import { serializeDocument } from '@graft/graph-schema'
import { stateDict, torchNetwork } from '@graft/nodes'
import { filesInMemory, readNetwork, readSafetensors, type Tensors } from '@graft/network'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { type GraftRun, Workplace } from '../../acceptance/run-graft.js'
import { withSettings } from '../parity/network-graph.js'
import { hasPyTorch, python, runPython } from './python.js'
import { writeFiles } from './write-files.js'

const workplace = new Workplace()
afterAll(() => {
  workplace.remove()
  vi.unstubAllEnvs()
})

/** Trains to the end, or stops with a checkpoint in the middle of the second epoch. */
const stopInside = `
import sys
import checkpoints, train
write = checkpoints.write_checkpoint
def writing(path, phase, training):
    write(path, phase, training)
    if training.state.epoch == 1 and training.state.position > 0:
        raise SystemExit(0)
train.write_checkpoint = writing
sys.argv = ["train.py", "--device", "cpu", "--checkpoint-steps", "2"]
train.main()
`

/**
 * Loaded first by every process of the command. The one that executes the run tells of a step of the second epoch and
 * stands still: however late it is killed, it has not ended by itself.
 */
const haltInside = `
const send = process.send?.bind(process)
if (send) process.send = (message, ...words) => {
  const sent = send(message, ...words)
  const { type, name, step } = message?.event ?? {}
  if (type === 'metric' && name === 'stepLoss' && step > 7) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  return sent
}
`

/**
 * What is said when the checkpoint is taken up for a phase with Adam, which keeps the same tensors as AdamW, and for
 * batches of another size.
 */
const refusals = `
import dataclasses, json, sys
from pathlib import Path
from types import SimpleNamespace as Some
import checkpoints, settings, train
def said(take_up, *words):
    try:
        take_up(*words)
    except RuntimeError as error:
        return str(error)
training = Some(phase=Some(name="train", optimizer=Some(name="Adam")))
other = said(checkpoints.restore, training, *checkpoints.read_checkpoint(Path("runs/checkpoint.safetensors"))[1:])
[phase] = settings.PHASES
settings.PHASES = [dataclasses.replace(phase, batch_size=phase.batch_size // 2)]
sys.argv = ["train.py", "--device", "cpu", "--resume", "--json"]
print(json.dumps([other, said(train.main)]))
`

/** Largest difference of values; of those above 1 as a share of them. */
function farthest(one: Tensors, other: Tensors): number {
  expect([...one.keys()].toSorted()).toEqual([...other.keys()].toSorted())
  return [...one].reduce((most, [name, { data }]) => {
    const values = other.get(name)!.data
    const apart = (value: number, at: number): number => Math.abs(value - values[at]!) / Math.max(1, Math.abs(value))
    return data.reduce((worst, value, at) => Math.max(worst, apart(value, at)), most)
  }, 0)
}

describe.skipIf(!hasPyTorch)(`a training that changes sides half way (${python})`, () => {
  it.each(['sgd', 'adamw'])('ends with the weights of one that does not: %s', async (optimizer) => {
    vi.stubEnv('GRAFT_HOME', workplace.home)
    const rate = optimizer === 'sgd' ? '0.01' : '0.0005'
    const document = withSettings('small-different', {
      'train.optimizer': optimizer,
      'train.learningRate': rate,
      'train.epochs': '2',
    })
    const graph = join(workplace.directory, `${optimizer}.graft.json`)
    const unfinished = join(workplace.directory, `${optimizer}-unfinished.graft.json`)
    const exporting = ['--set', 'export.format=safetensors', '--engine', 'onnx', '--device', 'cpu']
    writeFileSync(graph, serializeDocument(document))
    cpSync(graph, unfinished)
    const program = join(workplace.directory, `program-${optimizer}`)
    mkdirSync(program)
    await writeFiles(document, workplace.directory, program)
    runPython(program, ['train.py', '--device', 'cpu', '--out', 'whole'])
    const whole = readSafetensors(readFileSync(join(program, 'whole/trained.safetensors'))).tensors

    // From the program to Graft.
    runPython(program, ['-c', stopInside])
    expect(JSON.parse(runPython(program, ['-c', refusals]).trim().split('\n').at(-1) ?? '')).toEqual([
      expect.stringContaining('the phase train goes on with Adam:'),
      expect.stringMatching(/^The checkpoint is \d+ steps and \d+ images into epoch 2 .* take the batch size/),
    ])
    const checkpoint = join(program, 'runs/checkpoint.safetensors')
    const run = await workplace.run(graph, ...exporting, '--from-checkpoint', checkpoint)
    expect(run.code, run.stderr).toBe(0)
    expect(run.events.filter(goesOn)).toHaveLength(1)
    expect(farthest(whole, await trainedBy(run))).toBeLessThan(1e-5)

    /** The program of the run that was stopped last ends in the same weights, in fewer steps. */
    const expectProgramGoesOn = async (name: string, most = 1e-5): Promise<void> => {
      const folder = join(workplace.directory, `${name}-${optimizer}`)
      const told = await workplace.call('export-program', graph, '--out', folder, '--from-run', 'last')
      expect(told.code, told.stderr).toBe(0)
      runPython(folder, ['train.py', '--device', 'cpu', '--resume'])
      expect(stepsIn(join(folder, 'runs'))).toBeLessThan(stepsIn(join(program, 'whole')))
      const { tensors: ended } = readSafetensors(readFileSync(join(folder, 'runs/trained.safetensors')))
      expect(farthest(whole, ended)).toBeLessThan(most)
    }

    /** Kills a run in its second epoch. */
    const killInside = async (...words: readonly string[]): Promise<void> => {
      const isTime = (event: RunEvent): boolean =>
        event.type === 'metric' && event.name === 'stepLoss' && event.step > 7
      const halt = join(workplace.directory, 'halt-inside.mjs')
      writeFileSync(halt, haltInside)
      vi.stubEnv('GRAFT_CHECKPOINT_SECONDS', '0')
      vi.stubEnv('NODE_OPTIONS', `--import ${halt}`)
      expect(await workplace.killAt(isTime, unfinished, ...words, '--no-cache')).toBe(true)
      for (const name of ['GRAFT_CHECKPOINT_SECONDS', 'NODE_OPTIONS']) vi.stubEnv(name, undefined)
    }

    // From Graft to the program.
    await killInside(...exporting)
    await expectProgramGoesOn('again')

    // From the torch engine to the program, and to another engine. It computes with channels last, so it rounds otherwise;
    // this is a tenth of what one step moves a weight by.
    const rounding = 5e-5
    await killInside('--engine', 'torch', '--device', 'cpu')
    await expectProgramGoesOn('third', rounding)
    const onnx = await workplace.run(graph, ...exporting, '--no-cache', '--from-run', 'last')
    expect(onnx.code, onnx.stderr).toBe(0)
    expect(onnx.events.filter(goesOn)).toHaveLength(1)
    expect(farthest(whole, await trainedBy(onnx))).toBeLessThan(rounding)
  })
})

/** What a run exported, under PyTorch's names. */
async function trainedBy({ out }: GraftRun): Promise<Tensors> {
  const { network, tensors } = await readNetwork(
    filesInMemory({ 'model.safetensors': readFileSync(join(out, 'model.safetensors')) }),
  )
  return stateDict(torchNetwork(network), tensors)
}

const stepsIn = (runs: string): number =>
  [...readFileSync(join(runs, 'metrics.jsonl'), 'utf8').matchAll(/"event": "step"/g)].length

const goesOn = (event: RunEvent): boolean =>
  event.type === 'log' && event.message.startsWith('Going on from a checkpoint')
