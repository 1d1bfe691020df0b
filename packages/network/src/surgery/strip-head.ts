import { NetworkError } from '../network-error.js'
import type { Network } from '../network.js'
import { cutAfter } from './cut-after.js'
import { findStage, headStage, listed } from './edit.js'

/**
 * Removes the classifier, stage `head`: what remains gives the features that the head read. Class names become null. A
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
    throw new NetworkError(
      `The head of ${network.name} reads several values (${[...feature].join(', ')}), so no single feature would remain.`,
      `Cut after one of the stages ${listed(stages)} instead.`,
    )
  }
  const stripped = cutAfter(network, first)
  const history = [...network.provenance.history, `head stripped (${first} is the feature)`]
  return { ...stripped, provenance: { ...stripped.provenance, history } }
}
