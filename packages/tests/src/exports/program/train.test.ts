import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GraphDocument, MetricsValue } from '@graft/graph-schema'
import { parseDocument, setParam } from '@graft/graph-schema'
import { filesInMemory, readNetwork, readSafetensors } from '@graft/network'
import { readTemplate } from '@graft/nodes'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { eventsOf, outputOf, Workplace } from '../../acceptance/run-graft.js'
import { hasPyTorch, python, runProcesses, runPython } from './python.js'
import { writeFiles } from './write-files.js'

const workplace = new Workplace()
afterAll(() => {
  workplace.remove()
  vi.unstubAllEnvs()
})

interface Step {
  readonly event: string
  readonly step: number
  readonly loss: number
}

async function writeProgram(
  template: string,
  settings: readonly string[],
  { name = template, change = (document: GraphDocument) => document } = {},
): Promise<string> {
  vi.stubEnv('GRAFT_HOME', join(workplace.directory, 'home'))
  const { document } = parseDocument(readTemplate(template))
  const changed = settings.reduce((before, setting) => {
    const result = setParam(before!, setting)
    return 'document' in result ? result.document : before
  }, document)
  const folder = join(workplace.directory, `program-${name}`)
  await writeFiles(change(changed!), workplace.directory, folder)
  return folder
}

describe.skipIf(!hasPyTorch)(`an exported program in PyTorch (${python})`, () => {
  it.each([
    // AdamW on a frozen backbone; SGD through stages with batch statistics, on augmented images.
    ['small-similar', ['train.epochs=4'], 6],
    [
      'small-different',
      ['train.epochs=3', 'train.optimizer=sgd', 'train.learningRate=0.01', 'freeze.statistics=batch'],
      0,
    ],
  ])('takes the steps of the onnx engine and gives its answers: %s', async (template, settings, frozenStages) => {
    const folder = await writeProgram(template, settings)
    const run = await workplace.run(
      template,
      '--engine',
      'onnx',
      '--device',
      'cpu',
      ...settings.flatMap((one) => ['--set', one]),
    )
    expect(run.code, run.stderr).toBe(0)
    runPython(folder, ['train.py'])
    const steps = stepsOf(folder)
    const losses = eventsOf(run, 'metric').filter(({ name }) => name === 'stepLoss')
    expect(losses.length).toBeGreaterThan(10)
    expect(steps).toHaveLength(losses.length)
    for (const { step, value } of losses.slice(0, 30)) {
      const { loss = Number.NaN } = steps[step - 1] ?? {}
      expect(Math.abs(loss / value - 1), `loss of step ${step}: ${loss}, not ${value}`).toBeLessThan(1e-3)
    }
    const { accuracy, loss } = JSON.parse(runPython(folder, ['evaluate.py'])) as Record<string, number>
    const { values } = outputOf(run, 'evaluate', 'metrics') as MetricsValue
    expect(accuracy).toBeCloseTo(values['accuracy'] ?? Number.NaN, 2)
    expect(loss).toBeCloseTo(values['loss'] ?? Number.NaN, 2)
    await opensAgain(folder, frozenStages)
  })

  it('gives more processes than a batch has images what one process gives', async () => {
    const settings = ['train.epochs=2', 'train.batchSize=4', 'freeze.statistics=batch']
    const folder = await writeProgram('small-different', settings, { name: 'processes' })
    // The last batch is one of two images, for three processes; so are the validation images.
    for (const [table, rows] of [['train', 6] as const, ['validation', 2] as const]) keepRows(folder, table, rows)
    const words = ['train.py', '--device', 'cpu']
    runPython(folder, [...words, '--out', 'alone'])
    await runProcesses(folder, 3, [...words, '--out', 'together'])
    await runProcesses(folder, 3, [...words, '--out', 'in-parts', '--parts', '2'])
    const alone = stepsOf(folder, 'alone')
    const together = stepsOf(folder, 'together')
    expect(alone).toHaveLength(4)
    for (const [at, { loss }] of alone.entries()) expect(together[at]?.loss).toBeCloseTo(loss, 3)
    expect(stepsOf(folder, 'in-parts')).toHaveLength(4)
  })

  it('keeps what phases before have learned where some weights start fresh, also when it is taken up', async () => {
    const folder = await writeProgram('small-similar', ['train.epochs=1'], { name: 'fresh', change: withSecondPhase })
    const { tensors } = readSafetensors(readFileSync(join(folder, 'weights-2.safetensors')))
    expect([...tensors.keys()].length).toBeGreaterThan(0)
    expect([...tensors.keys()].filter((key) => !key.startsWith('stage3.'))).toEqual([])
    keepRows(folder, 'train', 40)
    keepRows(folder, 'validation', 10)
    const all = JSON.parse(runPython(folder, ['-c', takenUp])) as { readonly same: boolean; readonly learned: boolean }
    expect(all).toEqual({ same: true, learned: true })
  })

  it('goes on in a phase that keeps still what the phase before has learned', async () => {
    const folder = await writeProgram('small-different', ['train.epochs=1'], { name: 'still', change: withStillPhase })
    keepRows(folder, 'train', 40)
    keepRows(folder, 'validation', 10)
    const all = JSON.parse(runPython(folder, ['-c', takenUpAfterAnEpoch])) as Record<string, boolean>
    expect(all).toEqual({ same: true, learned: true })
  })
})

/** Trains to the end, and again from the checkpoint in the last phase; is the head, frozen there, as the first left it? */
const takenUp = `
import json, subprocess, sys
import torch
from pathlib import Path
from weights_file import read_weights
def train(*words):
    subprocess.run([sys.executable, "train.py", "--device", "cpu", *words], check=True, stdout=subprocess.DEVNULL)
    return read_weights(Path("runs/trained.safetensors"))[0]
whole, again, start = train(), train("--resume"), read_weights(Path("weights.safetensors"))[0]
print(json.dumps({
    "same": all(torch.equal(whole[name], again[name]) for name in whole),
    "learned": any(not torch.equal(whole[name], start[name]) for name in whole if name.startswith("head.")),
}))
`

/** Trains to the end, and again from the checkpoint after the first epoch of the second phase. */
const takenUpAfterAnEpoch = `
import json, runpy, shutil, sys
import torch
from pathlib import Path
import checkpoints
from weights_file import read_weights
write = checkpoints.write_checkpoint
def write_and_keep(path, phase, training):
    write(path, phase, training)
    if phase == 1 and training.state.epoch == 1:
        shutil.copy(path, "kept.safetensors")
def train(*words):
    sys.argv = ["train.py", "--device", "cpu", *words]
    output, sys.stdout = sys.stdout, sys.stderr
    runpy.run_path("train.py", run_name="__main__")
    sys.stdout = output
    return read_weights(Path("runs/trained.safetensors"))[0]
checkpoints.write_checkpoint = write_and_keep
whole = train()
checkpoints.write_checkpoint = write
shutil.copy("kept.safetensors", "runs/checkpoint.safetensors")
again, start = train("--resume"), read_weights(Path("weights.safetensors"))[0]
print(json.dumps({
    "same": all(torch.equal(whole[name], again[name]) for name in whole),
    "learned": any(not torch.equal(whole[name], start[name]) for name in whole if name.startswith("stage3.")),
}))
`

/** Behind the Train of the head: fresh weights in the last stage, and a Train of that with all else frozen. */
function withSecondPhase(document: GraphDocument): GraphDocument {
  const node = (type: string, params: Record<string, unknown> = {}) => ({ type, version: 1, params })
  const wire = (from: string, to: string) => {
    const [[one = '', out = ''], [other = '', into = '']] = [from.split('.'), to.split('.')]
    return { from: { node: one, port: out }, to: { node: other, port: into } }
  }
  return {
    ...document,
    nodes: {
      ...document.nodes,
      fresh: node('reinitialize', { from: 'stage3', to: 'stage3' }),
      still: node('freeze-range', { from: 'head', to: 'head' }),
      again: { ...document.nodes['train']!, params: { phase: 'again', epochs: 1 } },
    },
    edges: [
      ...document.edges,
      wire('train.model', 'fresh.model'),
      wire('fresh.model', 'still.model'),
      wire('still.model', 'again.model'),
      wire('split.train', 'again.train'),
      wire('split.val', 'again.validation'),
    ],
  }
}

/** Behind the Train of stages and head: one of the head alone, for which all stages are fixed. */
function withStillPhase(document: GraphDocument): GraphDocument {
  const second = withSecondPhase(document)
  const { fresh: _, ...nodes } = second.nodes
  const isFresh = ({ node }: { readonly node: string }): boolean => node === 'fresh'
  return {
    ...second,
    nodes: {
      ...nodes,
      still: { type: 'freeze-range', version: 1, params: { to: 'stage3' } },
      again: { ...nodes['again']!, params: { phase: 'again', epochs: 2 } },
    },
    edges: [
      ...second.edges.filter(({ from, to }) => !isFresh(from) && !isFresh(to)),
      { from: { node: 'train', port: 'model' }, to: { node: 'still', port: 'model' } },
    ],
  }
}

function keepRows(folder: string, table: string, rows: number): void {
  const path = join(folder, 'data', `${table}.csv`)
  const lines = readFileSync(path, 'utf8').split('\n')
  writeFileSync(path, `${lines.slice(0, rows + 1).join('\n')}\n`)
}

const stepsOf = (folder: string, runs = 'runs'): readonly Step[] =>
  readFileSync(join(folder, runs, 'metrics.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Step)
    .filter(({ event }) => event === 'step')

/** What was trained is a network for Graft, of which frozen values are those from before. */
async function opensAgain(folder: string, frozenStages: number): Promise<void> {
  const trained = readFileSync(join(folder, 'runs/trained.safetensors'))
  const { network, tensors } = await readNetwork(filesInMemory({ 'trained.safetensors': trained }))
  const { tensors: before } = readSafetensors(readFileSync(join(folder, 'weights.safetensors')))
  const frozen = network.stages.slice(0, frozenStages).map(({ name }) => `${name}.`)
  const changed = [...tensors].filter(
    ([name, { data }]) => !before.get(name)?.data.every((value, at) => value === data[at]),
  )
  expect(changed.length).toBeGreaterThan(0)
  expect(changed.filter(([name]) => frozen.some((start) => name.startsWith(start)))).toEqual([])
}
