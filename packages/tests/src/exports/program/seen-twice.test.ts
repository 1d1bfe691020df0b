import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type GraphDocument, type MetricsValue, serializeDocument } from '@graft/graph-schema'
import { filesInMemory, readNetwork, readSafetensors } from '@graft/network'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { eventsOf, type GraftRun, outputOf, Workplace } from '../../acceptance/run-graft.js'
import { withSettings } from '../parity/network-graph.js'
import { hasPyTorch, python, runPython } from './python.js'
import { writeFiles } from './write-files.js'

const workplace = new Workplace()
afterAll(() => {
  workplace.remove()
  vi.unstubAllEnvs()
})

/** What a run of Graft and a program tell of the same graph. */
interface Told {
  readonly losses: readonly number[]
  readonly accuracy: number
  readonly loss: number
}

describe.skipIf(!hasPyTorch)(`a network that sees images twice, in PyTorch (${python})`, () => {
  it.each<[string, string, Readonly<Record<string, string>>]>([
    ['with AdamW on a frozen backbone', 'small-similar', { 'train.epochs': '4' }],
    [
      'with SGD on all features, of which the last stages learn',
      'small-different',
      {
        'train.epochs': '3',
        'train.optimizer': 'sgd',
        'train.learningRate': '0.01',
        'head.features': 'all',
        'freeze.to': 'stage2',
      },
    ],
    [
      'with statistics that follow the batches',
      'small-different',
      {
        'train.epochs': '2',
        'train.optimizer': 'sgd',
        'train.learningRate': '0.003',
        'freeze.statistics': 'batch',
        'freeze.to': 'stem',
      },
    ],
  ])('takes the steps of the onnx engine and gives its answers: %s', async (title, template, settings) => {
    vi.stubEnv('GRAFT_HOME', workplace.home)
    const name = title.replaceAll(/\W+/g, '-')
    const document = seenTwice(withSettings(template, settings))
    const graph = join(workplace.directory, `${name}.graft.json`)
    writeFileSync(graph, serializeDocument(document))
    const onnx = await workplace.run(graph, '--engine', 'onnx', '--device', 'cpu')
    const wanted = toldBy(onnx)
    expect(wanted.losses.length).toBeGreaterThan(5)

    const folder = join(workplace.directory, name)
    mkdirSync(folder)
    await writeFiles(document, workplace.directory, folder)
    runPython(folder, ['train.py', '--device', 'cpu'])
    const answers = JSON.parse(runPython(folder, ['evaluate.py'])) as Omit<Told, 'losses'>
    expectSame({ ...answers, losses: lossesOf(folder) }, wanted)
    // Every shared parameter is in the file once, and the file is a network for Graft.
    const trained = readFileSync(join(folder, 'runs/trained.safetensors'))
    const { network, tensors } = await readNetwork(filesInMemory({ 'trained.safetensors': trained }))
    expect([...tensors.keys()].toSorted()).toEqual([...readSafetensors(trained).tensors.keys()].toSorted())
    expect(network.layers.filter(({ name }) => name.endsWith('.whole')).length).toBeGreaterThan(5)

    expectSame(toldBy(await workplace.run(graph, '--engine', 'torch', '--device', 'cpu')), wanted)
  })
})

function expectSame(told: Told, wanted: Told): void {
  expect(told.losses).toHaveLength(wanted.losses.length)
  const apart = told.losses.map((loss, at) => Math.abs(loss / (wanted.losses[at] ?? Number.NaN) - 1))
  expect(Math.max(...apart.slice(0, 30)), JSON.stringify(apart)).toBeLessThan(1e-3)
  expect(told.accuracy).toBeCloseTo(wanted.accuracy, 5)
  expect(told.loss).toBeCloseTo(wanted.loss, 3)
}

function toldBy(run: GraftRun): Told {
  expect(run.code, run.stderr).toBe(0)
  const { values } = outputOf(run, 'evaluate', 'metrics') as MetricsValue
  return {
    losses: eventsOf(run, 'metric').flatMap(({ name, value }) => (name === 'stepLoss' ? [value] : [])),
    accuracy: values['accuracy'] ?? Number.NaN,
    loss: values['loss'] ?? Number.NaN,
  }
}

const lossesOf = (folder: string): readonly number[] =>
  readFileSync(join(folder, 'runs/metrics.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { readonly event: string; readonly loss: number })
    .flatMap(({ event, loss }) => (event === 'step' ? [loss] : []))

/** The graph with Image Input before its new head, set to the middle and the whole. */
function seenTwice(document: GraphDocument): GraphDocument {
  return {
    ...document,
    nodes: {
      ...document.nodes,
      seen: { type: 'image-input', version: 1, params: { views: 'middleAndWhole' } },
    },
    edges: [
      ...document.edges.map((edge) =>
        edge.from.node === 'strip' && edge.to.node === 'head'
          ? { ...edge, from: { node: 'seen', port: 'model' } }
          : edge,
      ),
      { from: { node: 'strip', port: 'model' }, to: { node: 'seen', port: 'model' } },
    ],
  }
}
