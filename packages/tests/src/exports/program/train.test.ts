import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { MetricsValue } from '@graft/graph-schema'
import { parseDocument, setParam } from '@graft/graph-schema'
import { filesInMemory, readNetwork, readSafetensors } from '@graft/network'
import { library, readTemplate } from '@graft/nodes'
import { exportProgram } from '@graft/runner'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { eventsOf, outputOf, Workplace } from '../../acceptance/run-graft.js'
import { hasPyTorch, python, runPython } from './python.js'

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

async function writeProgram(template: string, settings: readonly string[]): Promise<string> {
  vi.stubEnv('GRAFT_HOME', join(workplace.directory, 'home'))
  const { document } = parseDocument(readTemplate(template))
  const changed = settings.reduce((before, setting) => {
    const result = setParam(before!, setting)
    return 'document' in result ? result.document : before
  }, document)
  const { files } = await exportProgram({ document: changed!, base: workplace.directory }, library)
  const folder = join(workplace.directory, `program-${template}`)
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), bytes)
  }
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
    const steps = readFileSync(join(folder, 'runs/metrics.jsonl'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Step)
      .filter(({ event }) => event === 'step')
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
})

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
