import { join } from 'node:path'
import { onnxEngine, tfjsEngine } from '@graft/engines'
import { countParameters, type LoadedNetwork, type Network, readNetwork } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { type Match, matchParameters } from '../matrix/match-parameters.js'
import { readFloats } from '../matrix/reference.js'
import { logitsOf, relativeDifference } from './compare-logits.js'
import { compareStep } from './compare-step.js'
import { type Distances, type Policy, readReference, type Reference } from './reference.js'

/** The file that a network is read from: its state dict, or what the old (`L17p`) or new exporter (`D`) wrote. */
export type Route = 'weights' | 'L17p' | 'D'

/** What came of a network by one route; numbers are relative differences from PyTorch. */
export interface NetworkCheck {
  /** Why it was not read. */
  readonly refused?: string
  readonly logits?: { readonly onnx: number; readonly tfjs: number }
  /** `ok`, or how parameters differ from PyTorch's. */
  readonly parameters?: string
  readonly stages?: string
  readonly steps?: Readonly<Partial<Record<Policy, Distances>>>
}

const fileOf = (folder: string, name: string, route: Route): string =>
  route !== 'weights' ? join(folder, route) : join(folder, name.startsWith('hf/') ? 'model' : 'weights.pth')

/** Reads a network of `make_network.py` as somebody would who knows its name. Throws what the reader throws. */
export async function readMade(folder: string, { name, input }: Reference, route: Route): Promise<LoadedNetwork> {
  const files = await openModelFiles(fileOf(folder, name, route))
  const architecture = name.replace(/^(timm|hf)\//, '')
  return readNetwork(files, route === 'weights' ? { architecture, inputSize: input[2] ?? 0 } : {})
}

/** Compares one network with PyTorch: logits on both engines, parameters, stages, and the steps that the reference has. */
export async function checkNetwork(folder: string, route: Route): Promise<NetworkCheck> {
  const reference = readReference(folder)
  let loaded: LoadedNetwork
  try {
    loaded = await readMade(folder, reference, route)
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) }
  }
  const matches = matchParameters(
    { ...reference, losses: { frozen: 0, batch: 0 } },
    readFloats(folder, 'parameters.f32'),
    loaded.tensors,
  )
  const expected = readFloats(folder, 'logits.f32')
  const input = { shape: reference.input, data: readFloats(folder, 'input.f32') }
  const logits = {
    onnx: relativeDifference(expected, await logitsOf(onnxEngine, loaded, input)),
    tfjs: relativeDifference(expected, await logitsOf(tfjsEngine, loaded, input)),
  }
  const steps: Partial<Record<Policy, Distances>> = {}
  const parameters = parametersOf(reference, loaded.network, matches)
  // Where an exporter folded normalisations into the layers before them, other numbers are learned than PyTorch's.
  for (const policy of parameters === 'ok' ? (['frozen', 'batch'] as const) : [])
    if (reference.rates[policy] !== undefined)
      steps[policy] = await compareStep(folder, reference, loaded, matches, policy)
  return {
    logits,
    parameters,
    stages: stagesOf(loaded.network),
    steps,
  }
}

/** Are the parameters that training changes those that PyTorch's training changes, and of the same number? */
function parametersOf(reference: Reference, network: Network, matches: readonly Match[]): string {
  const keys = new Map(matches.map(({ name, key }) => [name, key]))
  const learned = Object.entries(reference.parameters).filter(([, parameter]) => parameter.learned)
  const fixed = learned.filter(([name]) => network.parameters[keys.get(name) ?? '']?.trainable !== true)
  const wanted = learned.reduce((sum, [, { shape }]) => sum + shape.reduce((product, size) => product * size, 1), 0)
  const { trainable } = countParameters(network)
  // transformers keeps queries, keys and values apart, which are one tensor here.
  if ((fixed.length === 0 || reference.name.startsWith('hf/')) && trainable === wanted) return 'ok'
  const names = fixed.slice(0, 3).map(([name]) => name)
  return `${trainable} learned of ${wanted}${names.length > 0 ? `; ${fixed.length} tensors not (${names.join(', ')})` : ''}`
}

/** A head, where there are classes, and places to cut before it. */
function stagesOf({ layers, stages, head }: Network): string {
  const largest = Math.max(...stages.map((stage) => stage.layers.length))
  const trunk = stages.filter(({ name }) => name !== 'head' && name !== 'stem')
  const ends = head === null || stages.at(-1)?.name === 'head'
  const sensible = ends && trunk.length >= 2 && largest <= 0.75 * layers.length
  return sensible ? 'ok' : stages.map((stage) => `${stage.name}(${stage.layers.length})`).join(' ')
}
