import { taskOf } from '@graft/engines'
import { must } from '@graft/errors'
import type { Network, Tensors } from '@graft/network'
import { loadModelTensors } from '../../library/support/model-weights.js'
import type { BlobStore } from '../../sdk/node-context.js'
import { NodeError } from '../../sdk/node-error.js'
import { libraryNetwork } from '../library/library-network.js'
import { torchNetwork } from '../network/torch-network.js'
import { DataFiles } from './data-files.js'
import { frozenNames } from './frozen-names.js'
import { headOf } from './head-settings.js'
import { beginning } from './neighbours-network.js'
import { partsOf } from './phase-parts.js'
import { phaseSettings } from './phase-settings.js'
import { type ProgramPhase, type ProgramPlan, programPlan, type ProgramSource } from './program-plan.js'
import { type RecordedTrain, type Recording, trainedBy, unmarked } from './record.js'
import { remarksOn } from './remarks.js'

export interface PlanOptions {
  readonly title: string
  readonly store: BlobStore
  /** The Train whose network the program is to give; needed where the graph has several last ones. */
  readonly last?: string
  /** Whether model.py calls the constructor of torchvision or timm; refused where none makes exactly this network. */
  readonly byLibrary?: boolean
}

/**
 * What of a graph becomes a program: the Trains one after the other that lead to the last one, and the Evaluates of its
 * network. Throws NodeError where that isn't clear, or where the network is cut or extended between two of them.
 */
export async function planProgram(
  recording: Recording,
  { title, store, last, byLibrary = false }: PlanOptions,
): Promise<ProgramSource> {
  const chain = chainOf(recording, last)
  const first = must(chain[0], 'a Train')
  const given = { network: unmarked(first.model), tensors: await loadModelTensors(first.model, store) }
  const { network, tensors } = await beginning(given, chain)
  const data = new DataFiles(store)
  const torch = byLibrary ? libraryNetwork(network, tensors) : torchNetwork(network)
  const laterTensors = new Map<string, Tensors>()
  const phases: ProgramPhase[] = []
  for (const [index, train] of chain.entries()) {
    const before = index === 0 ? undefined : must(chain[index - 1], 'the Train before')
    const changed = before === undefined ? new Map() : await changedTensors(before, train, store)
    const weights = changed.size === 0 ? null : `weights-${index + 1}.safetensors`
    if (weights !== null) laterTensors.set(weights, changed)
    phases.push(await phaseOf(train, index === 0 ? network : unmarked(train.model), torch, data, weights))
  }
  const trained = must(chain.at(-1), 'the last Train')
  const { task, head } = taskOf(unmarked(trained.model))
  const evaluations = await evaluationsOf(recording, trained.node, data)
  const { images, files } = await data.files()
  const plan: ProgramPlan = programPlan.parse({
    title,
    task: task.id,
    classes: head.names,
    thresholds: head.thresholds ?? null,
    images,
    phases,
    evaluations,
    preprocessing: network.preprocessing,
    remarks: remarksOn(network, chain),
  })
  return { plan, network, tensors, torch, laterTensors, files }
}

async function phaseOf(
  train: RecordedTrain,
  network: Network,
  torch: ProgramSource['torch'],
  data: DataFiles,
  weights: string | null,
): Promise<ProgramPhase> {
  const head = headOf(train, torch)
  return {
    node: train.node,
    ...phaseSettings(train, network, torch),
    train: await data.add(train.train, 'train'),
    validation: train.validation === undefined ? null : await data.add(train.validation, 'validation'),
    ...frozenNames(torch, network, head),
    weights,
    head,
    parts: partsOf(train, network, torch),
  }
}

async function evaluationsOf(recording: Recording, last: string, data: DataFiles): Promise<ProgramPlan['evaluations']> {
  const wanted = recording.evaluations.filter(({ model }) => trainedBy(model).at(-1) === last)
  return Promise.all(
    wanted.map(async ({ node, images, mirrored }) => ({
      node,
      name: node,
      images: await data.add(images, images.split === 'val' ? 'validation' : images.split),
      mirrored,
    })),
  )
}

/** The Trains that lead to the last one, that one included. */
function chainOf({ trains }: Recording, last: string | undefined): readonly RecordedTrain[] {
  const before = new Set(trains.flatMap(({ model }) => trainedBy(model)))
  const ends = trains.filter(({ node }) => !before.has(node))
  const names = trains.map(({ node }) => `"${node}"`).join(', ')
  if (trains.length === 0)
    throw new NodeError(null, 'There is no Train in this graph, so there is nothing to write a program of.', 'Add one.')
  const chosen = last === undefined ? ends : trains.filter(({ node }) => node === last)
  const [end] = chosen
  if (chosen.length !== 1 || end === undefined)
    throw new NodeError(
      null,
      last === undefined
        ? `This graph has ${ends.length} last Trains (${ends.map(({ node }) => `"${node}"`).join(', ')}), and a program gives one network.`
        : `There is no Train "${last}" in this graph.`,
      `Name one of its Trains: ${names}.`,
    )
  const nodes = [...trainedBy(end.model), end.node]
  return nodes.map((node) =>
    must(
      trains.find((train) => train.node === node),
      `the Train ${node}`,
    ),
  )
}

/** Values that the network got between two Trains other than by training, such as by Reinitialize. */
async function changedTensors(before: RecordedTrain, after: RecordedTrain, store: BlobStore): Promise<Tensors> {
  const [earlier, later] = [unmarked(before.model), unmarked(after.model)]
  if (structureOf(earlier) !== structureOf(later))
    throw new NodeError(
      'model',
      `The network is cut or extended between the Trains "${before.node}" and "${after.node}", and a program trains one network.`,
      'Move the nodes that do so before the first Train, or name an earlier Train as the last one.',
    )
  const changed = Object.keys(later.parameters).filter(
    (key) => JSON.stringify(later.parameters[key]?.source) !== JSON.stringify(earlier.parameters[key]?.source),
  )
  if (changed.length === 0) return new Map()
  const tensors = await loadModelTensors(after.model, store)
  return new Map(changed.map((key) => [key, must(tensors.get(key), `the values of ${key}`)]))
}

/** All that makes up a network but what learns. */
const structureOf = ({ layers, output, parameters }: Network): string =>
  JSON.stringify([
    layers.map(({ statistics: _, ...layer }) => layer),
    output,
    Object.entries(parameters).map(([key, { shape }]) => [key, shape]),
  ])
