import { NetworkError } from '../network-error.js'
import { inferShapes } from '../infer-shapes.js'
import type { Layer, Network } from '../network.js'
import { cutAfter } from './cut-after.js'
import { findStage, finishEdit, headStage, listed, usedParameters } from './edit.js'

/**
 * Removes the classifier, stage `head`: what remains gives the features that the head read. Class names become null. A
 * head of several classifiers (CrossViT) reads several vectors: they are joined. A
 * network that was saved without a classifier (`include_top=False`, `num_classes=0`) ends in features already, and comes
 * back as it is.
 * @throws NetworkError when the network is nothing but a head
 */
export function stripHead(network: Network): Network {
  const head = findStage(network, headStage)
  const stages = network.stages.map((stage) => stage.name)
  if (!head) return network
  const own = new Set(head.layers)
  const feature = new Set(
    network.layers
      .filter((layer) => own.has(layer.name))
      .flatMap((layer) => layer.inputs)
      .filter((input) => !own.has(input)),
  )
  const [first, second] = feature
  if (first === undefined || first === network.input.name) {
    throw new NetworkError(
      `${network.name} is nothing but a head, so nothing would remain without it.`,
      'Load a backbone with stages before its head.',
    )
  }
  if (second !== undefined) {
    const joined = joinFeatures(network, [...feature], own)
    if (joined !== null) return joined
    throw new NetworkError(
      `The head of ${network.name} reads several values (${[...feature].join(', ')}), so no single feature would remain.`,
      `Cut after one of the stages ${listed(stages)} instead.`,
    )
  }
  const stripped = cutAfter(network, first)
  const history = [...network.provenance.history, `head stripped (${first} is the feature)`]
  return { ...stripped, provenance: { ...stripped.provenance, history } }
}

/** The network without its head, ending in all vectors that the head read, side by side; null where one is no vector. */
function joinFeatures(network: Network, features: readonly string[], head: ReadonlySet<string>): Network | null {
  const shapes = inferShapes(network)
  if (features.some((name) => shapes.get(name)?.length !== 2)) return null
  const layers = network.layers.filter(({ name }) => !head.has(name))
  const output = unusedName('features', new Set([network.input.name, ...layers.map(({ name }) => name)]))
  const join: Layer = { name: output, operator: 'Concat', inputs: features, parameters: {}, attributes: { axis: 1 } }
  const stages = network.stages.filter(({ name }) => name !== headStage)
  const [last] = stages.slice(-1)
  const result: Network = {
    ...network,
    layers: [...layers, join],
    stages: stages.map((stage) => (stage === last ? { ...stage, layers: [...stage.layers, output] } : stage)),
    parameters: usedParameters(layers, network.parameters),
    output,
    head: null,
  }
  return finishEdit(result, `head stripped (${features.join(' and ')} side by side are the feature)`)
}

const unusedName = (wanted: string, taken: ReadonlySet<string>): string =>
  taken.has(wanted) ? unusedName(`${wanted}_`, taken) : wanted
